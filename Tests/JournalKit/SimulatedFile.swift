/// A file of the simulated disk: what is surely on it, and what was done since the last sync.
struct SimulatedFile {
    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(Int)
    }

    static let sectorBytes = 512

    /// What a crash cannot take.
    var durable: [UInt8] = []
    /// What a reader sees.
    var current: [UInt8] = []
    var changes: [Change] = []

    mutating func apply(_ change: Change) {
        Self.apply(change, to: &current)
        changes.append(change)
    }

    mutating func sync() {
        durable = current
        changes = []
    }

    static func apply(_ change: Change, to content: inout [UInt8]) {
        switch change {
        case .write(let offset, let bytes):
            if content.count < offset + bytes.count {
                content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
            }
            content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        case .truncate(let size):
            if size < content.count { content.removeLast(content.count - size) }
        }
    }

    /// After a crash each change since the last sync may have happened, not happened, or happened in some of
    /// its sectors, whatever the others did.
    mutating func crash(_ random: inout some RandomNumberGenerator) {
        var survived = durable
        for change in changes {
            switch UInt32.random(in: 0..<4, using: &random) {
            case 0: continue
            case 1: Self.apply(change, to: &survived)
            case 2: Self.apply(Self.torn(change, &random), to: &survived)
            default: Self.scatter(change, over: &survived, &random)
            }
        }
        durable = survived
        current = survived
        changes = []
    }

    /// The beginning of a write only.
    private static func torn(_ change: Change, _ random: inout some RandomNumberGenerator) -> Change {
        guard case .write(let offset, let bytes) = change else { return change }
        return .write(
            offset: offset, bytes: Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))))
    }

    /// Any of its sectors.
    private static func scatter(
        _ change: Change, over content: inout [UInt8], _ random: inout some RandomNumberGenerator
    ) {
        guard case .write(let offset, let bytes) = change else {
            return apply(change, to: &content)
        }
        var start = 0
        while start < bytes.count {
            let border = ((offset + start) / sectorBytes + 1) * sectorBytes - offset
            let end = min(bytes.count, border)
            if Bool.random(using: &random) {
                apply(.write(offset: offset + start, bytes: Array(bytes[start..<end])), to: &content)
            }
            start = end
        }
    }
}
