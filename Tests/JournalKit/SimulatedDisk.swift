import Journal
import Synchronization

/// A disk in memory that loses, tears and reorders what was not synced when it crashes, and fails when told
/// to. What it does follows from the generator that `crash` is given.
package final class SimulatedDisk: JournalDisk {
    private struct State {
        var files: [String: SimulatedFile] = [:]
        var bytesMax = Int.max
        var failures: [DiskOperation: Int] = [:]
        var syncs = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// The machine stops, and what was not synced is in doubt.
    package func crash(_ random: inout some RandomNumberGenerator) {
        // A closure over the generator would have to be sendable, so the files are taken out.
        var files = state.withLock { $0.files }
        for name in files.keys.sorted() { files[name]?.crash(&random) }
        let survived = files
        state.withLock { $0.files = survived }
    }

    /// Files together may have so many bytes: beyond it the disk is full.
    package func limit(to bytes: Int) {
        state.withLock { $0.bytesMax = bytes }
    }

    /// The next `count` operations of this kind fail; after a failed sync, what was written since the last
    /// good one stays in doubt, as on a real system.
    package func fail(_ operation: DiskOperation, times count: Int) {
        state.withLock { $0.failures[operation] = count }
    }

    package var syncs: Int { state.withLock { $0.syncs } }

    package func content(of name: String) -> [UInt8]? {
        state.withLock { $0.files[name]?.current }
    }

    /// Puts a file there as if it had always been.
    package func put(_ content: [UInt8], as name: String) {
        state.withLock {
            $0.files[name] = SimulatedFile(durable: content, current: content)
        }
    }

    /// A copy that goes its own way.
    package func copy() -> SimulatedDisk {
        let files = state.withLock { $0.files }
        let copy = SimulatedDisk()
        copy.state.withLock { $0.files = files }
        return copy
    }

    package func names() throws(DiskFailure) -> [String] {
        state.withLock { Array($0.files.keys) }
    }

    package func size(of name: String) throws(DiskFailure) -> Int {
        try file(name, "looking at").current.count
    }

    package func create(_ name: String) throws(DiskFailure) {
        try check(.create, name)
        let isNew = state.withLock { state in
            guard state.files[name] == nil else { return false }
            state.files[name] = SimulatedFile()
            return true
        }
        if !isNew { throw DiskFailure(.exists, "making", file: name, reason: "there is one") }
    }

    package func write(
        _ bytes: UnsafeRawBufferPointer, to name: String, at offset: Int
    ) throws(DiskFailure) {
        _ = try file(name, "writing")
        let bytes = Array(bytes)
        let fails = take(.write)
        let isFull = state.withLock { state in
            let used = state.files.values.reduce(0) { $0 + $1.current.count }
            let grows = max(0, offset + bytes.count - (state.files[name]?.current.count ?? 0))
            let room = max(0, state.bytesMax - used)
            let written = fails ? bytes.count / 2 : bytes.count - max(0, grows - room)
            state.files[name]?.apply(.write(offset: offset, bytes: Array(bytes.prefix(max(0, written)))))
            return grows > room
        }
        if isFull { throw DiskFailure(.full, "writing", file: name, reason: "no space left") }
        if fails { throw DiskFailure(.broken, "writing", file: name, reason: "planned") }
    }

    package func sync(_ name: String) throws(DiskFailure) {
        _ = try file(name, "syncing")
        try check(.sync, name)
        state.withLock { state in
            state.files[name]?.sync()
            state.syncs += 1
        }
    }

    package func read(
        _ name: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(DiskFailure) -> Int {
        let content = try file(name, "reading").current
        try check(.read, name)
        guard offset < content.count else { return 0 }
        let part = content[offset..<min(content.count, offset + buffer.count)]
        buffer.copyBytes(from: part)
        return part.count
    }

    package func truncate(_ name: String, to size: Int) throws(DiskFailure) {
        _ = try file(name, "cutting")
        try check(.truncate, name)
        state.withLock { $0.files[name]?.apply(.truncate(size)) }
    }

    package func remove(_ name: String) throws(DiskFailure) {
        _ = try file(name, "removing")
        try check(.remove, name)
        state.withLock { $0.files[name] = nil }
    }

    package func freeBytes() throws(DiskFailure) -> Int {
        state.withLock { state in
            let used = state.files.values.reduce(0) { $0 + $1.current.count }
            return max(0, state.bytesMax - used)
        }
    }

    package func finish(_ name: String) {}

    private func file(_ name: String, _ operation: String) throws(DiskFailure) -> SimulatedFile {
        if let file = state.withLock({ $0.files[name] }) { return file }
        throw DiskFailure(.missing, operation, file: name, reason: "no such file")
    }

    private func take(_ operation: DiskOperation) -> Bool {
        state.withLock { state in
            guard let left = state.failures[operation], left > 0 else { return false }
            state.failures[operation] = left - 1
            return true
        }
    }

    private func check(_ operation: DiskOperation, _ name: String) throws(DiskFailure) {
        if take(operation) {
            throw DiskFailure(.broken, operation.rawValue, file: name, reason: "planned")
        }
    }
}
