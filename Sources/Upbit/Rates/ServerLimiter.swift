import Market

/// How an exchange limits one caller (an address): for the built-in exchange, and to prove
/// `RateBudget` against. A call over a limit is refused with 429; one who goes on is banned with 418,
/// each time for longer.
package struct ServerLimiter: Sendable {
    package enum Verdict: Hashable, Sendable {
        case allowed(RemainingRequests)
        /// 429
        case tooMany
        /// 418
        case banned(secondsLeft: Int64)
    }

    /// Refusals within ten seconds that end in a ban.
    package static let refusalsMax = 20
    package static let refusalSpanMicroseconds: Int64 = 10_000_000
    package static let banMicroseconds: Int64 = 60_000_000
    package static let banMaxMicroseconds: Int64 = 3_600_000_000

    private struct Counter: Sendable {
        var windowStart = Int64.min
        var used = 0
        var tokens: Double
        var filledAt = Int64.min
    }

    private let table: RateTable
    /// Where the windows lie on the clock.
    private let phaseMicroseconds: Int64
    private var counters: [[Counter]]
    private var refusals = 0
    private var refusalsSince = Int64.min
    private var bannedUntil = Int64.min
    private var bans: Int64 = 0

    package init(table: RateTable, phaseMicroseconds: Int64 = 0) {
        self.table = table
        self.phaseMicroseconds = phaseMicroseconds
        counters = RateGroup.allCases.map { group in
            table[group].map { Counter(tokens: Double($0.callsMax)) }
        }
    }

    /// Judges one call that arrives now. Calls must come in the order of time.
    package mutating func judge(_ group: RateGroup, now: Instant) -> Verdict {
        let time = now.microseconds
        if bannedUntil > time { return .banned(secondsLeft: (bannedUntil - time + 999_999) / 1_000_000) }
        let index = Int(group.rawValue)
        let rules = table[group]
        for (rule, at) in zip(rules, counters[index].indices) {
            refresh(&counters[index][at], rule, time)
            if left(counters[index][at], rule) < 1 { return refuse(time) }
        }
        for (rule, at) in zip(rules, counters[index].indices) {
            counters[index][at].used += 1
            if rule.kind == .bucket { counters[index][at].tokens -= 1 }
        }
        let secondsLeft = rules.first.map { left(counters[index][0], $0) } ?? Int.max
        return .allowed(
            RemainingRequests(
                groupName: group.headerName, secondsLeft: secondsLeft,
                minutesLeft: rules.first.map { $0.callsMax * 60 }))
    }

    private func left(_ counter: Counter, _ rule: RateRule) -> Int {
        rule.kind == .window ? rule.callsMax - counter.used : Int(counter.tokens)
    }

    private func refresh(_ counter: inout Counter, _ rule: RateRule, _ time: Int64) {
        switch rule.kind {
        case .window:
            let shifted = time - phaseMicroseconds
            let rest = shifted % rule.periodMicroseconds
            let start = shifted - (rest < 0 ? rest + rule.periodMicroseconds : rest)
            if start != counter.windowStart {
                counter.windowStart = start
                counter.used = 0
            }
        case .bucket:
            if counter.filledAt != .min {
                let share = Double(time - counter.filledAt) / Double(rule.periodMicroseconds)
                counter.tokens = min(Double(rule.callsMax), counter.tokens + share * Double(rule.callsMax))
            }
            counter.filledAt = time
        }
    }

    private mutating func refuse(_ time: Int64) -> Verdict {
        if refusalsSince == .min || time - refusalsSince > Self.refusalSpanMicroseconds {
            refusalsSince = time
            refusals = 0
        }
        refusals += 1
        guard refusals >= Self.refusalsMax else { return .tooMany }
        let length = min(Self.banMicroseconds << min(bans, 10), Self.banMaxMicroseconds)
        bans += 1
        refusals = 0
        bannedUntil = time + length
        return .banned(secondsLeft: length / 1_000_000)
    }
}
