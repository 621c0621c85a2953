/// Whether the exchange as a whole is away: no connection is live for a while. One state and one alarm for
/// all of them, whatever each of them meets. Pure.
package struct OutageWatch: Sendable, Equatable {
    package enum Cause: String, Sendable, CaseIterable {
        /// Sockets are silent or fail, and REST does not answer, or not with a success.
        case maintenance
        /// Neither can be reached: the fault may be on our side.
        case network
        /// REST answers as always.
        case sockets
    }

    package enum REST: Sendable, Equatable {
        case unknown
        case answers
        /// It hangs, refuses or has errors of its own.
        case fails
        /// No name, no route, no TLS.
        case unreachable
    }

    package enum Change: Sendable, Equatable {
        case began(Cause)
        /// The cause is another than was thought.
        case became(Cause)
        case ended(afterMilliseconds: Int64)
    }

    private let patienceMilliseconds: Int64
    private(set) package var cause: Cause?
    private(set) package var since: Int64?
    private var darkSince: Int64?
    private var rest = REST.unknown
    private var restAt: Int64 = .min

    package init(patienceMilliseconds: Int64 = SessionTimers().outage) {
        self.patienceMilliseconds = patienceMilliseconds
    }

    /// What a REST call came to.
    package mutating func heard(_ rest: REST, at now: Int64) {
        self.rest = rest
        restAt = now
    }

    /// `liveCount` of `activeCount` connections are live; `unreachable` says that the active ones do not
    /// even get a connection.
    package mutating func look(
        activeCount: Int, liveCount: Int, isUnreachable: Bool, at now: Int64
    ) -> Change? {
        guard activeCount > 0, liveCount == 0 else {
            darkSince = nil
            guard cause != nil, let since else { return nil }
            cause = nil
            self.since = nil
            return .ended(afterMilliseconds: now - since)
        }
        let dark = darkSince ?? now
        darkSince = dark
        guard now - dark >= patienceMilliseconds else { return nil }
        let found = judge(dark, isUnreachable)
        if cause == nil {
            cause = found
            since = dark
            return .began(found)
        }
        guard found != cause else { return nil }
        cause = found
        return .became(found)
    }

    /// Only an answer since the darkness began says anything.
    private func judge(_ dark: Int64, _ isUnreachable: Bool) -> Cause {
        let known = restAt >= dark ? rest : .unknown
        switch known {
        case .answers: return .sockets
        case .fails: return .maintenance
        case .unreachable: return .network
        case .unknown: return isUnreachable ? .network : .sockets
        }
    }
}
