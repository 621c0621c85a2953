import Market

/// When calls may be made, for all processes of an address together: a value that fits in a small record
/// of fixed size (`RateBudget+Record`), which a driver keeps in shared memory or in a table row.
///
/// The exchange counts a call when it arrives, on its own clock, in periods whose start we do not know.
/// So each call occupies an entry until a whole period after its latest possible arrival, and as many
/// entries exist as calls are allowed: whatever window the exchange lays, no more calls fall into it.
/// The latest possible arrival is the answer's time less half the shortest round trip seen lately: the
/// whole would be true only if every call left as fast as that one (a call that connects first, or one
/// from a crowded machine, is long under way and answered at once).
///
/// The clock must be one that all sharers see alike. Entries that lie too far ahead (the clock was set
/// back) are taken for a fresh period.
package struct RateBudget: Sendable, Equatable {
    /// Added to each period, for clocks and routes that vary: costs a hundredth of what is allowed.
    package static let marginMicroseconds: Int64 = 10_000
    /// A message without an answer: how much later than another one it may arrive.
    package static let unansweredMarginMicroseconds: Int64 = 250_000
    /// A call without an answer arrives within this time or never: the deadline of a call must be shorter.
    package static let arrivalMaxMicroseconds: Int64 = 15_000_000
    /// A waiter comes back at most this late; until then lower priorities wait for it.
    package static let waiterLateMicroseconds: Int64 = 20_000
    /// The first stop after a 429, doubled by each further one.
    package static let stopMicroseconds: Int64 = 1_000_000
    package static let stopMaxMicroseconds: Int64 = 60_000_000
    /// The first stop after a 418 that does not tell its length, doubled by each further one.
    package static let banMicroseconds: Int64 = 60_000_000
    package static let banMaxMicroseconds: Int64 = 86_400_000_000
    /// So long after the end of a stop the doubling starts anew.
    package static let forgetStopMicroseconds: Int64 = 60_000_000
    package static let forgetBanMicroseconds: Int64 = 86_400_000_000
    /// The shortest round trip is taken over one to two of these.
    package static let roundTripSpanMicroseconds: Int64 = 600_000_000
    /// Among so many answers one is expected that neither connected first nor met a crowd.
    package static let roundTripAnswersMin: Int64 = 30

    package let table: RateTable
    let offsets: [[Int]]
    /// For each allowed call, until when it is occupied.
    var entries: [Int64]
    var groups: [GroupState]
    var everyone = StopState()
    var roundTrip = RoundTripState()

    struct GroupState: Sendable, Equatable {
        var stop = StopState()
        /// Until when a call of each priority is known to wait.
        var waiting = [Int64](repeating: .min, count: RatePriority.allCases.count)
    }

    struct StopState: Sendable, Equatable {
        var until = Int64.min
        var lastAt = Int64.min
        var strikes: Int64 = 0
    }

    struct RoundTripState: Sendable, Equatable {
        var since = Int64.min
        var shortest = Int64.max
        var shortestBefore = Int64.max
        /// Answers in this span.
        var answers: Int64 = 0
    }

    package init(table: RateTable) {
        self.table = table
        let layout = table.layout
        offsets = layout.offsets
        entries = [Int64](repeating: .min, count: layout.callsMax)
        groups = [GroupState](repeating: GroupState(), count: RateGroup.allCases.count)
    }

    /// Asks for one call. A granted permit must be given back with `finish`.
    package mutating func request(
        _ group: RateGroup, priority: RatePriority = .refill, now: Instant
    ) -> RateDecision {
        let time = now.microseconds
        let state = groups[Int(group.rawValue)]
        let stop = max(
            stopEnd(everyone, time, Self.banMaxMicroseconds),
            stopEnd(state.stop, time, Self.stopMaxMicroseconds))
        if stop > time { return .stopped(until: Instant(microseconds: stop)) }
        var retryAt = time
        for higher in RatePriority.allCases where higher > priority {
            let until = state.waiting[Int(higher.rawValue)]
            if until > time, until <= time + Self.arrivalMaxMicroseconds { retryAt = max(retryAt, until) }
        }
        var chosen: [Int] = []
        for (rule, offset) in zip(table[group], offsets[Int(group.rawValue)]) {
            let (entry, free) = earliest(rule, offset, time)
            chosen.append(entry)
            retryAt = max(retryAt, free)
        }
        if retryAt > time {
            groups[Int(group.rawValue)].waiting[Int(priority.rawValue)] =
                retryAt + Self.waiterLateMicroseconds
            return .wait(until: Instant(microseconds: retryAt))
        }
        groups[Int(group.rawValue)].waiting[Int(priority.rawValue)] = .min
        for (rule, entry) in zip(table[group], chosen) {
            entries[entry] = time + rule.periodMicroseconds + Self.arrivalMaxMicroseconds
        }
        return .granted(
            RatePermit(
                group: group, grantedAtMicroseconds: time, entries: chosen, markMicroseconds: time,
                tableFingerprint: table.fingerprint))
    }

    /// Gives a permit back with what the call came to.
    package mutating func finish(_ permit: RatePermit, _ outcome: RateOutcome, now: Instant) {
        let time = now.microseconds
        let group = Int(permit.group.rawValue)
        switch outcome {
        case .answered(let remaining):
            noteRoundTrip(time - permit.grantedAtMicroseconds, time)
            release(permit, arrivedBy: latestArrival(permit, time), margin: Self.marginMicroseconds)
            if let remaining { noteForeignCalls(remaining, permit, time) }
            if Self.elapsed(since: groups[group].stop.until, time) > Self.forgetStopMicroseconds {
                groups[group].stop.strikes = 0
            }
        case .sent:
            release(permit, arrivedBy: time, margin: Self.unansweredMarginMicroseconds)
        case .tooMany(let retryAfterSeconds):
            release(permit, arrivedBy: time, margin: Self.marginMicroseconds)
            Self.extend(
                &groups[group].stop, time, told: retryAfterSeconds, first: Self.stopMicroseconds,
                most: Self.stopMaxMicroseconds, forgetAfter: Self.forgetStopMicroseconds)
        case .banned(let seconds):
            release(permit, arrivedBy: time, margin: Self.marginMicroseconds)
            Self.extend(
                &everyone, time, told: seconds, first: Self.banMicroseconds, most: Self.banMaxMicroseconds,
                forgetAfter: Self.forgetBanMicroseconds)
        case .lost:
            // It may be on its way: the entry stays occupied until it cannot arrive any more.
            break
        case .unused:
            for (rule, entry) in zip(table[permit.group], permit.entries) where isOurs(entry, permit, rule) {
                entries[entry] = .min
            }
        }
    }

    /// Until when a 418 has stopped everyone, if it has.
    package func bannedUntil(now: Instant) -> Instant? {
        let end = stopEnd(everyone, now.microseconds, Self.banMaxMicroseconds)
        return end > now.microseconds ? Instant(microseconds: end) : nil
    }

    /// Takes over a ban that another budget of the same address knows of; never shortens one.
    package mutating func ban(until end: Instant, now: Instant) {
        let latest = min(end.microseconds, now.adding(microseconds: Self.banMaxMicroseconds).microseconds)
        everyone.until = max(stopEnd(everyone, now.microseconds, Self.banMaxMicroseconds), latest)
    }

    /// Until when a 429 has stopped a group, if it has.
    package func stoppedUntil(_ group: RateGroup, now: Instant) -> Instant? {
        let end = stopEnd(groups[Int(group.rawValue)].stop, now.microseconds, Self.stopMaxMicroseconds)
        return end > now.microseconds ? Instant(microseconds: end) : nil
    }
}
