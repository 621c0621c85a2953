/// What comes next, for a fixed set of sources: a heap of (time, source), the lower source first when the
/// times are equal, so that the order never depends on chance.
struct EventQueue: Sendable {
    private struct Entry: Sendable {
        let time: Int64
        let source: Int

        func isBefore(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : source < other.source
        }
    }

    private var entries: [Entry] = []

    /// The time of what comes next; nil when nothing does.
    var nearest: Int64? { entries.first?.time }
    var nearestSource: Int? { entries.first?.source }

    mutating func add(_ source: Int, at time: Int64) {
        entries.append(Entry(time: time, source: source))
        var at = entries.count - 1
        while at > 0, entries[at].isBefore(entries[(at - 1) / 2]) {
            entries.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    /// Gives the first source its next time.
    mutating func moveFirst(to time: Int64) {
        guard let first = entries.first else { return }
        entries[0] = Entry(time: time, source: first.source)
        sink(0)
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        sink(0)
    }

    mutating func remove(_ source: Int) {
        let kept = entries.filter { $0.source != source }
        guard kept.count < entries.count else { return }
        entries = []
        for entry in kept { add(entry.source, at: entry.time) }
    }

    private mutating func sink(_ start: Int) {
        var at = start
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < entries.count {
                if entries[child].isBefore(entries[least]) { least = child }
            }
            guard least != at else { return }
            entries.swapAt(at, least)
            at = least
        }
    }
}
