import Market
import Upbit

/// All connections together. Pure: it hands events on to each connection's machine, and sees what only all
/// of them show: that the exchange is away.
package struct SessionFleet: Sendable {
    /// REST is asked at most so often whether it is there, while no connection is live.
    package static let probeMilliseconds: Int64 = 15_000

    private(set) package var sessions: [SessionMachine]
    private(set) package var outage: OutageWatch
    private(set) package var tallies: [SessionTally]
    private var lastEnds: [SessionEnd?]
    private var probedAt: Int64?

    /// Each connection has its own random numbers, from the one seed.
    package init(count: Int, seed: UInt64, timers: SessionTimers = SessionTimers(), at now: Int64) {
        var source = JitterSource(seed: seed)
        outage = OutageWatch(patienceMilliseconds: timers.outage)
        sessions = (0..<count).map { _ in SessionMachine(seed: source.next(), timers: timers, at: now) }
        tallies = sessions.map { _ in SessionTally() }
        lastEnds = sessions.map { _ in nil }
    }

    package mutating func handle(_ event: SessionEvent, of index: Int, at now: Int64) -> [FleetAction] {
        guard sessions.indices.contains(index) else { return [] }
        return take(sessions[index].handle(event, at: now), of: index)
    }

    package mutating func received(
        _ glance: FrameGlance, byteCount: Int, on index: Int, attempt: Int, at now: Int64
    ) -> [FleetAction] {
        guard sessions.indices.contains(index) else { return [] }
        tallies[index].messages += 1
        tallies[index].bytes += Int64(byteCount)
        let actions = sessions[index].received(glance, attempt: attempt, at: now)
        return actions.isEmpty ? [] : take(actions, of: index) + look(at: now)
    }

    /// Lets each connection listen to its part of the plan, at once; those beyond the plan to nothing.
    package mutating func listen(
        to parts: [[SessionItem]], expected: [Symbol: Double], at now: Int64
    ) -> [FleetAction] {
        var actions: [FleetAction] = []
        for index in sessions.indices {
            sessions[index].expect(expected)
            let items = index < parts.count ? parts[index] : []
            actions += take(sessions[index].handle(.listen(items), at: now), of: index)
        }
        return actions
    }

    /// At least every half second.
    package mutating func tick(at now: Int64) -> [FleetAction] {
        var actions: [FleetAction] = []
        for index in sessions.indices { actions += take(sessions[index].handle(.tick, at: now), of: index) }
        return actions + look(at: now)
    }

    package mutating func heardREST(_ rest: OutageWatch.REST, at now: Int64) -> [FleetAction] {
        outage.heard(rest, at: now)
        return look(at: now)
    }

    package mutating func stop(at now: Int64) -> [FleetAction] {
        sessions.indices.flatMap { take(sessions[$0].handle(.stop, at: now), of: $0) }
    }

    package var isStopped: Bool { sessions.allSatisfy { $0.state == .stopped } }
    package var liveCount: Int { sessions.count { $0.state == .live || $0.state == .stale } }

    /// How steadily each market speaks, on whichever connection it is heard best.
    package var shares: [Symbol: Double] {
        sessions.reduce(into: [:]) { $0.merge($1.watch.shares) { max($0, $1) } }
    }

    /// Messages of each market, on whichever connection it has most.
    package var counts: [Symbol: Int64] {
        sessions.reduce(into: [:]) { $0.merge($1.watch.counts) { max($0, $1) } }
    }

    private mutating func take(_ actions: [SessionAction], of index: Int) -> [FleetAction] {
        for case .notice(let notice) in actions {
            switch notice {
            case .live:
                tallies[index].opened += 1
                lastEnds[index] = nil
            case .ended(_, let end):
                tallies[index].ends[end, default: 0] += 1
                lastEnds[index] = end
            default: break
            }
        }
        return actions.map { .session(index, $0) }
    }

    private mutating func look(at now: Int64) -> [FleetAction] {
        let active = sessions.indices.filter { sessions[$0].state != .idle && sessions[$0].state != .stopped }
        let isUnreachable = active.allSatisfy {
            lastEnds[$0] == .nameNotFound || lastEnds[$0] == .unreachable
        }
        let change = outage.look(
            activeCount: active.count, liveCount: liveCount, isUnreachable: isUnreachable, at: now)
        var actions: [FleetAction] = []
        if let change {
            actions.append(.outage(change))
            if case .became = change {
            } else {
                for index in sessions.indices {
                    let isOn = outage.cause != nil
                    actions += take(sessions[index].handle(.outage(isOn), at: now), of: index)
                }
            }
        }
        let isDark = !active.isEmpty && liveCount == 0
        if isDark, probedAt.map({ now - $0 >= Self.probeMilliseconds }) ?? true {
            // The first connect of all is no darkness.
            let isFirst = tallies.allSatisfy { $0.ends.isEmpty }
            if !isFirst || outage.cause != nil {
                probedAt = now
                actions.append(.probeREST)
            }
        }
        return actions
    }
}
