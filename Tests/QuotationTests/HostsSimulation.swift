import Market
import Quotation
import TestKit
import Upbit

/// Several hosts that share an address, with their budget in a database that is away at times, and an
/// exchange that counts what arrives. One thread, a virtual clock, seeded ways.
struct HostsSimulation {
    struct Host {
        var source = BudgetSource()
        var share: RateBudget
        /// Its one connection waits so long for an answer that does not come.
        var isHungUntil = Int64.min
    }

    private enum Event {
        case ask(Int)
        case askRow(Int)
        case rowSaid(Int, RateDecision?, sharesMilliseconds: Int64)
        case rowFailed(Int)
        case arrive(Int, RatePermit)
        case answer(Int, RatePermit, RateOutcome)
        case finishRow(Int, RatePermit, RateOutcome)
        case probe(Int)
        case probeSaid(Int, sharesMilliseconds: Int64)
        case probeFailed(Int)
    }

    private static let table = RateTable.upbit
    private static let deadlineMicroseconds: Int64 = 2_000_000
    private let callersAHost = 6
    private let part: RateTable
    private var random: SeededRandom
    private var queue: [(time: Int64, event: Event)] = []
    private var hosts: [Host]
    private var row = RateBudget(table: table)
    private var sharesUntil = Int64.min
    private var limiter: ServerLimiter
    /// Seconds in which no host reaches the database.
    let outages: [Range<Int64>]
    /// Seconds in which the last host makes no calls.
    var idle: Range<Int64> = 0..<0
    /// By second.
    private(set) var allowed: [Int64: Int] = [:]
    private(set) var violations = 0

    init(hosts count: Int, outages: [Range<Int64>], seed: UInt64) {
        random = SeededRandom(seed: seed)
        part = Self.table.share(ofHosts: count)
        hosts = [Host](repeating: Host(share: RateBudget(table: part)), count: count)
        limiter = ServerLimiter(table: Self.table, phaseMicroseconds: Int64(seed % 1_000_000))
        self.outages = outages
    }

    mutating func run(seconds: Int64) {
        for caller in 0..<(hosts.count * callersAHost) { push(below(100_000), .ask(caller)) }
        while let index = queue.indices.min(by: { queue[$0].time < queue[$1].time }) {
            let (time, event) = queue.remove(at: index)
            guard time < seconds * 1_000_000 else { return }
            handle(event, time)
        }
    }

    /// How much of what the exchange allows was used in these seconds.
    func used(in seconds: Range<Int64>) -> Double {
        let sum = seconds.reduce(0) { $0 + (allowed[$1] ?? 0) }
        return Double(sum) / Double(10 * seconds.count)
    }

    private mutating func handle(_ event: Event, _ time: Int64) {
        let now = Instant(microseconds: time)
        switch event {
        case .ask(let caller): ask(caller, now)
        case .askRow(let caller): askRow(caller, now)
        case .rowSaid(let caller, let decision, let shares):
            hosts[host(caller)].source.answered(sharesMilliseconds: shares, nowMilliseconds: time / 1_000)
            if let decision { obey(decision, caller, time) } else { push(time + 1_000, .ask(caller)) }
        case .rowFailed(let caller):
            hosts[host(caller)].source.failed(nowMilliseconds: time / 1_000)
            push(time + 1_000, .ask(caller))
        case .arrive(let caller, let permit): arrive(caller, permit, now)
        case .answer(let caller, let permit, let outcome):
            if permit.tableFingerprint == part.fingerprint {
                hosts[host(caller)].share.finish(permit, outcome, now: now)
            } else {
                push(time + way(), .finishRow(host(caller), permit, outcome))
            }
            push(time + below(300), .ask(caller))
        case .finishRow(let host, let permit, let outcome):
            if isAway(time) {
                hosts[host].source.failed(nowMilliseconds: time / 1_000)
            } else {
                row.finish(permit, outcome, now: now)
            }
        case .probe(let host): probe(host, time)
        case .probeSaid(let host, let shares):
            hosts[host].source.answered(sharesMilliseconds: shares, nowMilliseconds: time / 1_000)
        case .probeFailed(let host): hosts[host].source.probeFailed(nowMilliseconds: time / 1_000)
        }
    }

    private mutating func ask(_ caller: Int, _ now: Instant) {
        let (host, time) = (host(caller), now.microseconds)
        if host == hosts.count - 1, idle.contains(time / 1_000_000) {
            return push(idle.upperBound * 1_000_000 + below(10_000), .ask(caller))
        }
        if hosts[host].source.shouldProbe(nowMilliseconds: time / 1_000) { push(time + way(), .probe(host)) }
        switch hosts[host].source.place(periodMilliseconds: 1_000, nowMilliseconds: time / 1_000) {
        case .database: push(time + way(), .askRow(caller))
        case .share: obey(hosts[host].share.request(.candles, now: now), caller, time)
        case .nobody(let end): push(end * 1_000 + below(2_000), .ask(caller))
        }
    }

    private mutating func askRow(_ caller: Int, _ now: Instant) {
        let time = now.microseconds
        let host = host(caller)
        if hosts[host].isHungUntil > time { return push(hosts[host].isHungUntil, .rowFailed(caller)) }
        if isAway(time) {
            // Refused at once, or not answered until the deadline.
            hosts[host].isHungUntil = time + below(Self.deadlineMicroseconds)
            return push(hosts[host].isHungUntil, .rowFailed(caller))
        }
        let shares = sharesUntil > time ? (sharesUntil - time + 999) / 1_000 : 0
        let decision = shares > 0 ? nil : row.request(.candles, now: now)
        push(time + way(), .rowSaid(caller, decision, sharesMilliseconds: shares))
    }

    private mutating func probe(_ host: Int, _ time: Int64) {
        if isAway(time) { return push(time + below(2 * Self.deadlineMicroseconds), .probeFailed(host)) }
        sharesUntil = max(sharesUntil, time + hosts[host].source.settings.returnMilliseconds * 1_000)
        let shares = (sharesUntil - time + 999) / 1_000
        push(time + way(), .probeSaid(host, sharesMilliseconds: shares))
    }

    private mutating func obey(_ decision: RateDecision, _ caller: Int, _ time: Int64) {
        switch decision {
        case .granted(let permit): push(time + way(), .arrive(caller, permit))
        case .wait(let until), .stopped(let until):
            push(max(until.microseconds, time) + below(3_000), .ask(caller))
        }
    }

    private mutating func arrive(_ caller: Int, _ permit: RatePermit, _ now: Instant) {
        let outcome: RateOutcome
        switch limiter.judge(permit.group, now: now) {
        case .allowed(let remaining):
            outcome = .answered(remaining)
            allowed[now.microseconds / 1_000_000, default: 0] += 1
        case .tooMany:
            outcome = .tooMany(retryAfterSeconds: nil)
            violations += 1
        case .banned(let seconds):
            outcome = .banned(seconds: seconds)
            violations += 1
        }
        push(now.microseconds + 1_000 + way(), .answer(caller, permit, outcome))
    }

    private func host(_ caller: Int) -> Int { caller % hosts.count }
    private func isAway(_ time: Int64) -> Bool { outages.contains { $0.contains(time / 1_000_000) } }
    private mutating func push(_ time: Int64, _ event: Event) { queue.append((time, event)) }
    private mutating func below(_ bound: Int64) -> Int64 { Int64.random(in: 0..<bound, using: &random) }
    private mutating func way() -> Int64 { 1_000 + below(6_000) }
}
