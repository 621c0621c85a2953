/// The waits in progress: which descriptors to poll, until when, and whom to tell. No clock, no socket.
package struct WaitList<Waiter: Sendable>: Sendable {
    struct Entry: Sendable {
        var wait: Wait
        var waiter: Waiter
    }

    private(set) var entries: [Int: Entry] = [:]
    private var lastId = 0
    let entriesMax: Int

    package init(entriesMax: Int) {
        self.entriesMax = entriesMax
    }

    /// A name for a wait that will be added, so that it can be cancelled by it.
    package mutating func newId() -> Int {
        lastId += 1
        return lastId
    }

    /// False at the bound: the wait is not taken.
    package mutating func add(_ id: Int, _ wait: Wait, _ waiter: Waiter) -> Bool {
        guard entries.count < entriesMax else { return false }
        entries[id] = Entry(wait: wait, waiter: waiter)
        return true
    }

    /// Takes a wait out; nil when it has ended already, so that nobody is told twice.
    package mutating func remove(_ id: Int) -> Waiter? {
        entries.removeValue(forKey: id)?.waiter
    }

    /// Takes out the waits whose deadline has come.
    package mutating func removeDue(at now: ContinuousClock.Instant) -> [Waiter] {
        let due = entries.filter { $0.value.wait.deadline <= now }
        for id in due.keys { entries[id] = nil }
        return due.values.map(\.waiter)
    }

    package var nextDeadline: ContinuousClock.Instant? {
        entries.values.map(\.wait.deadline).min()
    }
}
