/// Events on their way to a reader, bounded: at the bound the oldest goes and is counted. No I/O.
package struct NotificationBuffer: Sendable {
    private var events: [NotificationEvent] = []
    private var first = 0
    private var dropped = 0
    package let eventsMax: Int

    package init(eventsMax: Int) {
        self.eventsMax = max(1, eventsMax)
    }

    package mutating func add(_ event: NotificationEvent) {
        if events.count - first == eventsMax {
            // Whoever is told that some were dropped reads the tables, so a `listening` may be among them.
            first += 1
            dropped += 1
        }
        events.append(event)
        if first > eventsMax {
            events.removeFirst(first)
            first = 0
        }
    }

    package mutating func next() -> NotificationEvent? {
        if dropped > 0 {
            defer { dropped = 0 }
            return .dropped(dropped)
        }
        guard first < events.count else { return nil }
        defer { first += 1 }
        return events[first]
    }
}
