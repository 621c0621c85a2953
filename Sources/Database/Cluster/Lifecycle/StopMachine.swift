/// Decides how the private server is brought to its end: politely, then firmly, never by `kill -9`.
package struct StopMachine: Sendable {
    package enum Signal: Sendable, Equatable {
        /// Ends connections, writes a checkpoint.
        case fast
        /// Ends at once; the next start recovers from the log.
        case immediate
    }

    package enum Action: Sendable, Equatable {
        case signal(Signal, pid: Int32)
        case wait(milliseconds: Int)
        /// It runs no more; whether it ran when we began, and whether the end was an immediate one.
        case done(wasRunning: Bool, immediate: Bool)
        case refuse(pid: Int32)
    }

    static let pollMilliseconds = 20

    private let deadlines: ClusterDeadlines
    private var pid: Int32?
    private var sent: Signal?
    private var sentAt: Int64 = 0

    package init(deadlines: ClusterDeadlines) {
        self.deadlines = deadlines
    }

    package mutating func next(_ facts: ClusterFacts, nowMilliseconds now: Int64) -> Action {
        guard case .running(let file) = facts.postmaster else {
            let isWithinDeadline = now - sentAt < Int64(deadlines.orphansMilliseconds)
            if pid != nil, !facts.orphans.isEmpty, isWithinDeadline {
                // Its children may end a moment after it; a start must not meet them.
                return .wait(milliseconds: Self.pollMilliseconds)
            }
            return .done(wasRunning: pid != nil, immediate: sent == .immediate)
        }
        if pid != file.pid {
            // The first time, or another server took its place: begin politely.
            pid = file.pid
            return send(.fast, file.pid, now)
        }
        switch sent {
        case .immediate:
            if now - sentAt >= Int64(deadlines.immediateStopMilliseconds) { return .refuse(pid: file.pid) }
        case .fast, nil:
            if now - sentAt >= Int64(deadlines.fastStopMilliseconds) {
                return send(.immediate, file.pid, now)
            }
        }
        return .wait(milliseconds: Self.pollMilliseconds)
    }

    private mutating func send(_ signal: Signal, _ pid: Int32, _ now: Int64) -> Action {
        sent = signal
        sentAt = now
        return .signal(signal, pid: pid)
    }
}
