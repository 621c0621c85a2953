import Market
import Upbit

/// The exchange's REST side. Pure: a request and two clocks in, an answer out.
///
/// Market times are milliseconds since 1970 at the exchange, `now` those of the monotonic clock.
package struct RESTEngine: Sendable {
    /// Candles are answered by replicas, which are behind by up to this.
    package static let candleLagMilliseconds: Int64 = 2_000
    static let addressesMax = 1_024

    let profile: Profile
    let questions: OpenQuestions
    private let isLimited: Bool
    private let key: RandomKey
    var histories: [MarketHistory]
    private var numbers: [Symbol: Int]
    var fates: TradeFates
    private var faults: FaultSettings
    private var limiters: [String: ServerLimiter] = [:]
    private var origins = OriginLimiter()
    private var calls: Int64 = 0
    /// What has been shown stays visible, even when the exchange's clock is put back.
    var seen: Int64 = 0

    package init(
        plan: VenuePlan, profile: Profile, questions: OpenQuestions = OpenQuestions(),
        faults: FaultSettings = FaultSettings(), seed: UInt64, isLimited: Bool = true
    ) {
        self.profile = profile
        self.questions = questions
        self.isLimited = isLimited
        self.faults = faults
        key = RandomKey(seed: seed).part("rest")
        fates = TradeFates(seed: seed, settings: faults)
        histories = plan.models.map { MarketHistory($0) }
        numbers = Dictionary(
            uniqueKeysWithValues: plan.models.enumerated().map { ($0.element.spec.symbol, $0.offset) })
    }

    /// Other faults hold for what is published after `market`.
    package mutating func change(_ settings: FaultSettings, market: Int64) {
        faults = settings
        fates.change(settings, from: market + 1)
    }

    /// A new or a changed market.
    package mutating func put(_ model: MarketModel, as number: Int?) {
        if let number {
            numbers[histories[number].model.spec.symbol] = nil
            histories[number] = MarketHistory(model)
            numbers[model.spec.symbol] = number
        } else {
            numbers[model.spec.symbol] = histories.count
            histories.append(MarketHistory(model))
        }
    }

    /// The market that is listed under `code` now.
    func number(_ code: String) throws(RESTRefusal) -> Int {
        guard let symbol = try? Symbol(code), let number = numbers[symbol],
            isListed(histories[number].model.spec)
        else { throw .unknownCode }
        return number
    }

    func isListed(_ spec: MarketSpec) -> Bool {
        spec.listedMinute * 60_000 <= seen && seen < (spec.delistedMinute ?? .max / 60_000) * 60_000
    }

    /// Answers a GET.
    package mutating func answer(_ call: RESTCall, market: Int64, now: Int64) -> RESTReply {
        seen = max(seen, market)
        calls += 1
        if faults.maintenance {
            var reply = RESTReply(body: [])
            reply.hangs = true
            return reply
        }
        if faults.restBanned {
            return refused(RESTReply(status: 418, body: RESTEncoder.banned(seconds: 60, questions)))
        }
        var reply = limited(call, now: now)
        reply.delayMilliseconds = faults.restDelayMilliseconds
        let luck = key.unit(calls)
        if luck < faults.restHangShare {
            reply.hangs = true
        } else if luck < faults.restHangShare + faults.restFailShare {
            reply = failure(reply)
        }
        return reply
    }

    /// An empty body, a page of a proxy, or the exchange's own words.
    private func failure(_ reply: RESTReply) -> RESTReply {
        let bodies = [
            [], Array("<html><head><title>Error</title></head><body>Bad gateway</body></html>".utf8),
            RESTEncoder.error(status: faults.restFailStatus, message: "Internal server error"),
        ]
        var failed = refused(RESTReply(status: faults.restFailStatus, body: bodies[Int(calls % 3)]))
        failed.delayMilliseconds = reply.delayMilliseconds
        return failed
    }

    private mutating func limited(_ call: RESTCall, now: Int64) -> RESTReply {
        if call.hasOrigin, isLimited, !origins.allows(call.address, now: now) {
            var reply = refused(RESTReply(status: 429, body: RESTEncoder.tooManyRequests))
            reply.add("Remaining-Req", "group=origin; min=6; sec=0")
            return reply
        }
        guard let route = RESTRoute(call.path, profile) else {
            return finished(RESTRefusal.unknownPath.reply)
        }
        guard isLimited else {
            return served(
                route, call,
                remaining: RemainingRequests(
                    groupName: route.group.headerName, secondsLeft: 9, minutesLeft: 600))
        }
        if limiters[call.address] == nil {
            if limiters.count >= Self.addressesMax { limiters.removeAll() }
            limiters[call.address] = ServerLimiter(table: profile.rates)
        }
        let verdict = limiters[call.address]?.judge(route.group, now: Instant(microseconds: now * 1_000))
        switch verdict {
        case .allowed(let remaining): return served(route, call, remaining: remaining)
        case .banned(let seconds):
            var reply = refused(RESTReply(status: 418, body: RESTEncoder.banned(seconds: seconds, questions)))
            if questions.sendsRetryAfter { reply.add("Retry-After", "\(seconds)") }
            return reply
        case .tooMany, nil:
            var reply = refused(RESTReply(status: 429, body: RESTEncoder.tooManyRequests))
            if profile.sendsRemainingRequests {
                reply.add("Remaining-Req", "group=\(route.group.headerName); min=600; sec=0")
            }
            if questions.sendsRetryAfter { reply.add("Retry-After", "1") }
            return reply
        }
    }

    private mutating func served(
        _ route: RESTRoute, _ call: RESTCall, remaining: RemainingRequests
    ) -> RESTReply {
        var reply: RESTReply
        do throws(RESTRefusal) {
            reply = RESTReply(body: try body(route, RESTQuery(values: call.query)))
        } catch {
            reply = error.reply
        }
        if profile.sendsRemainingRequests {
            let minutes = remaining.minutesLeft ?? 600
            reply.add(
                "Remaining-Req", "group=\(remaining.groupName); min=\(minutes); sec=\(remaining.secondsLeft)")
        }
        return finished(reply)
    }

    private func finished(_ reply: RESTReply) -> RESTReply {
        var reply = reply
        reply.add("Content-Type", "application/json;charset=UTF-8")
        reply.add("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
        reply.add("Pragma", "no-cache")
        reply.add("Expires", "0")
        reply.add("Limit-By-Ip", "Yes")
        return reply
    }

    private func refused(_ reply: RESTReply) -> RESTReply {
        var reply = reply
        reply.add("Content-Type", "text/plain;charset=UTF-8")
        return reply
    }

    /// How far behind the replica is that answers for candles of `unit` now.
    func seenByReplica(_ number: Int64) -> Int64 {
        let lag = key.part(2).unit(seen / 1_000 &* 16 &+ number) * Double(Self.candleLagMilliseconds)
        return seen - Int64(lag)
    }
}
