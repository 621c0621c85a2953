/// Decides when to ping and when a peer counts as gone. Pure: events and a clock value in, action out.
package struct KeepAlive: Sendable {
    package struct Schedule: Sendable, Equatable {
        /// A ping after this long without one.
        package var pingEveryMilliseconds: Int64?
        /// After a ping, anything at all must come within this time.
        package var answerWithinMilliseconds: Int64
        /// Longest time in which nothing is received, pings or not; nil for no such limit.
        package var idleMaxMilliseconds: Int64?
        /// Longest time in which the system takes none of the bytes that wait to be sent.
        package var stallMaxMilliseconds: Int64

        package init(
            pingEveryMilliseconds: Int64? = 30_000, answerWithinMilliseconds: Int64 = 10_000,
            idleMaxMilliseconds: Int64? = nil, stallMaxMilliseconds: Int64 = 30_000
        ) {
            self.pingEveryMilliseconds = pingEveryMilliseconds
            self.answerWithinMilliseconds = answerWithinMilliseconds
            self.idleMaxMilliseconds = idleMaxMilliseconds
            self.stallMaxMilliseconds = stallMaxMilliseconds
        }
    }

    package enum Action: Equatable {
        /// Nothing until then (nil: until the next event).
        case wait(until: Int64?)
        case ping
        case giveUp(reason: String)
    }

    private let schedule: Schedule
    private var lastReceived: Int64
    private var lastPing: Int64
    private var awaitsSince: Int64?
    private var stallsSince: Int64?
    private var isPaused = false

    package init(_ schedule: Schedule, at now: Int64) {
        self.schedule = schedule
        lastReceived = now
        lastPing = now
    }

    package mutating func received(at now: Int64) {
        lastReceived = now
        awaitsSince = nil
    }

    /// While we do not read, a peer's silence says nothing about it.
    package mutating func paused() {
        isPaused = true
    }

    package mutating func resumed(at now: Int64) {
        isPaused = false
        received(at: now)
    }

    /// After a write: whether bytes wait, and whether the system took some.
    package mutating func wrote(some: Bool, rest: Bool, at now: Int64) {
        if !rest {
            stallsSince = nil
        } else if some || stallsSince == nil {
            stallsSince = now
        }
    }

    package mutating func next(at now: Int64) -> Action {
        var earliest: Int64?
        func consider(_ time: Int64) { earliest = min(earliest ?? time, time) }

        if let stallsSince {
            let limit = stallsSince + schedule.stallMaxMilliseconds * Self.millisecond
            if now >= limit { return .giveUp(reason: "the peer takes no more bytes") }
            consider(limit)
        }
        if !isPaused {
            if let awaitsSince {
                let limit = awaitsSince + schedule.answerWithinMilliseconds * Self.millisecond
                if now >= limit { return .giveUp(reason: "the peer does not answer a ping") }
                consider(limit)
            }
            if let idle = schedule.idleMaxMilliseconds {
                let limit = lastReceived + idle * Self.millisecond
                if now >= limit { return .giveUp(reason: "nothing was received for \(idle) ms") }
                consider(limit)
            }
        }
        if let every = schedule.pingEveryMilliseconds {
            let due = lastPing + every * Self.millisecond
            if now >= due {
                lastPing = now
                if !isPaused, awaitsSince == nil { awaitsSince = now }
                return .ping
            }
            consider(due)
        }
        return .wait(until: earliest)
    }

    private static let millisecond: Int64 = 1_000_000
}
