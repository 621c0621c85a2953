import Capture
import Market
import Storage
import TestKit
import Testing
import Upbit

@Suite struct RefillPlannerTests {
    private static let noon = CalendarDate(year: 2026, month: 3, day: 11)!.startOfDay.adding(seconds: 43_200)
    private let symbol: Symbol

    init() throws { symbol = try Symbol("KRW-BTC") }

    private func clock(_ milliseconds: Int64 = 0, _ exchange: Instant = noon) -> ProofClock {
        ProofClock(milliseconds: milliseconds, exchange: exchange.adding(milliseconds: milliseconds))
    }

    private func trades(_ count: Int, every milliseconds: Int64, before end: Instant) -> [Trade] {
        (0..<count).map { index in
            let time = end.adding(milliseconds: -milliseconds * Int64(count - index))
            return Trade(
                time: time, symbol: symbol, sequentialID: time.milliseconds * 10_000, price: Decimal8(1_000),
                volume: Decimal8(1), side: .buy, receivedAt: time)
        }
    }

    private func started(_ request: RefillRequest, _ now: ProofClock) throws -> (
        RefillPlanner, RefillPageRequest
    ) {
        var planner = RefillPlanner()
        let isAdded = planner.add(request)
        #expect(isAdded)
        #expect(planner.actions(now) == [.count(job: 1, request.symbol, request.interval)])
        planner.counted(1, 7)
        guard case .fetch(1, let page) = planner.actions(now).first else {
            throw Stop("no page is asked for")
        }
        return (planner, page)
    }

    private struct Stop: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    @Test func pagesAreWalkedBackUntilATradeBeforeTheGap() throws {
        let request = RefillRequest(
            symbol, Self.noon.adding(seconds: -600)..<Self.noon.adding(seconds: -300), reason: "disconnect",
            keepsTrades: true)
        let exchange = ModelREST(trades(1_200, every: 1_000, before: Self.noon))
        var (planner, first) = try started(request, clock())
        #expect(first.daysAgo == nil && first.cursor == nil)
        #expect(first.before == CivilTime(Self.noon.adding(seconds: -298)))
        let page = exchange.page(first, now: Self.noon, count: 200)
        planner.page(1, page, sequence: 41, now: clock())
        guard case .fetch(1, let second) = planner.actions(clock()).first else {
            throw Stop("no second page")
        }
        #expect(second.cursor == page.last?.sequentialID && second.before == nil)
        planner.page(1, exchange.page(second, now: Self.noon, count: 200), sequence: 42, now: clock())
        #expect(planner.actions(clock()).isEmpty, "the last page is not committed yet")
        planner.committed(through: 41)
        #expect(planner.actions(clock()).isEmpty)
        planner.committed(through: 42)
        #expect(planner.actions(clock()) == [.count(job: 1, symbol, request.interval)])
        planner.counted(1, 307)
        guard case .finished(let outcome) = planner.actions(clock()).first else { throw Stop("not finished") }
        #expect(outcome.filled == request.interval && outcome.unfillable == nil && outcome.pages == 2)
        #expect(outcome.tradesFilled == 300)
        #expect(outcome.trades?.count == 300, "exactly those of the interval")
        #expect(planner.count == 0)
        #expect(
            outcome.gaps == [
                Gap(symbol, request.interval, reason: "disconnect", status: .filled, tradesFilled: 300)
            ])
    }

    @Test func aGapOverMidnightIsWalkedDayByDay() throws {
        let midnight = Timeframe.day1.start(of: Self.noon)
        let request = RefillRequest(
            symbol, midnight.adding(seconds: -90_000)..<midnight.adding(seconds: 60), reason: "restart",
            keepsTrades: true)
        let all = trades(5_000, every: 30_000, before: Self.noon)
        let exchange = ModelREST(all)
        var (planner, next) = try started(request, clock())
        var days: [Int?] = []
        for sequence in 1...40 {
            if days.last != next.daysAgo { days.append(next.daysAgo) }
            planner.page(
                1, exchange.page(next, now: Self.noon), sequence: UInt64(sequence), now: clock())
            guard case .fetch(1, let following) = planner.actions(clock()).first else { break }
            next = following
        }
        #expect(days == [nil, 1, 2])
        planner.committed(through: 100)
        _ = planner.actions(clock())
        planner.counted(1, 7)
        guard case .finished(let outcome) = planner.actions(clock()).first else { throw Stop("not finished") }
        let wanted = all.filter { request.interval.contains($0.time) }
        #expect(Set(outcome.trades ?? []) == Set(wanted) && outcome.trades?.count == wanted.count)
        #expect(outcome.filled == request.interval)
    }

    @Test func whatIsOlderThanSevenDaysCannotBeFilledAndTheRestIs() throws {
        let midnight = Timeframe.day1.start(of: Self.noon)
        let horizon = midnight.adding(seconds: -7 * 86_400)
        let request = RefillRequest(
            symbol, horizon.adding(seconds: -3_600)..<horizon.adding(seconds: 3_600), reason: "restart")
        let exchange = ModelREST(trades(2_000, every: 4_000, before: horizon.adding(seconds: 3_600)))
        var (planner, next) = try started(request, clock())
        #expect(next.daysAgo == 7)
        for sequence in 1...20 {
            planner.page(1, exchange.page(next, now: Self.noon), sequence: UInt64(sequence), now: clock())
            guard case .fetch(1, let following) = planner.actions(clock()).first else { break }
            next = following
        }
        planner.committed(through: 100)
        _ = planner.actions(clock())
        planner.counted(1, 907)
        guard case .finished(let outcome) = planner.actions(clock()).first else { throw Stop("not finished") }
        #expect(outcome.unfillable == request.interval.lowerBound..<horizon)
        #expect(outcome.filled == horizon..<request.interval.upperBound)
        #expect(outcome.gaps.map(\.status) == [.unfillable, .filled])
        #expect(outcome.gaps.map(\.tradesFilled) == [0, 900])
        #expect(outcome.gaps[0].reason == "restart: older than the 7 days that the exchange keeps")
    }

    @Test func failuresPauseLongerAndLongerAndNeverGiveUpWhileTheExchangeMayStillHaveIt() throws {
        let request = RefillRequest(
            symbol, Self.noon.adding(seconds: -600)..<Self.noon.adding(seconds: -300), reason: "disconnect")
        var (planner, _) = try started(request, clock())
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<14 {
            planner.failed(1, .temporary("timeout"), now: clock(now))
            let before = now
            while planner.actions(clock(now)).isEmpty { now += 500 }
            pauses.append(now - before)
        }
        #expect(pauses[0] == 1_000 && pauses[1] == 2_000 && pauses[9] == 512_000)
        #expect(pauses[10...].allSatisfy { $0 == 600_000 })
        planner.failed(1, .refused("Code not found"), now: clock(now))
        guard case .finished(let outcome) = planner.actions(clock(now)).first else {
            throw Stop("not finished")
        }
        #expect(outcome.unfillable == request.interval && outcome.filled == nil)
        #expect(outcome.gaps.first?.reason == "disconnect: the exchange refuses: Code not found")
    }

    @Test func aBoundOfFailuresLeavesTheGapOpen() throws {
        let request = RefillRequest(
            symbol, Self.noon.adding(seconds: -600)..<Self.noon.adding(seconds: -300), reason: "manual",
            failuresMax: 2)
        var (planner, _) = try started(request, clock())
        planner.failed(1, .temporary("timeout"), now: clock())
        _ = planner.actions(clock(1_000))
        planner.failed(1, .temporary("timeout"), now: clock(1_000))
        guard case .finished(let outcome) = planner.actions(clock(1_000)).first else {
            throw Stop("not finished")
        }
        #expect(outcome.isGivenUp && outcome.failure == "timeout")
        #expect(outcome.gaps == [Gap(symbol, request.interval, reason: "manual")])
    }

    @Test func busyMarketsGoFirstAndFewPagesAreUnderWay() throws {
        var planner = RefillPlanner()
        let symbols = try (0..<10).map { try Symbol("KRW-A\($0)") }
        planner.setActivity(
            Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($0.element, Double($0.offset)) }))
        let interval = Self.noon.adding(seconds: -600)..<Self.noon.adding(seconds: -300)
        for symbol in symbols + symbols {
            _ = planner.add(RefillRequest(symbol, interval, reason: "restart"))
        }
        let counts = planner.actions(clock())
        #expect(counts.count == 20)
        for job in 1...20 { planner.counted(job, 0) }
        let fetched = planner.actions(clock()).compactMap { action -> Symbol? in
            if case .fetch(_, let page) = action { page.symbol } else { nil }
        }
        #expect(fetched == symbols.suffix(4).reversed(), "one page a market, the busiest first")
        #expect(planner.actions(clock()).isEmpty)
    }

    @Test func noPageIsAskedForAroundMidnightNorBeforeTheTradesHaveArrived() throws {
        let midnight = Timeframe.day1.start(of: Self.noon)
        let request = RefillRequest(
            symbol, midnight.adding(seconds: -60)..<midnight.adding(seconds: -20), reason: "disconnect")
        var planner = RefillPlanner()
        _ = planner.add(request)
        let early = midnight.adding(seconds: -19)
        _ = planner.actions(clock(0, early))
        planner.counted(1, 0)
        #expect(planner.actions(clock(0, early)).isEmpty, "trades reach REST a little later")
        #expect(planner.actions(clock(0, midnight.adding(seconds: -5))).isEmpty)
        #expect(planner.actions(clock(0, midnight.adding(seconds: 4))).isEmpty)
        guard case .fetch(_, let page) = planner.actions(clock(0, midnight.adding(seconds: 6))).first else {
            throw Stop("no page behind midnight")
        }
        #expect(page.daysAgo == 1)
    }

    @Test func tradesOfAnotherDayOrTheSamePageTwiceAreAFailure() throws {
        let request = RefillRequest(
            symbol, Self.noon.adding(seconds: -600)..<Self.noon.adding(seconds: -300), reason: "disconnect")
        let exchange = ModelREST(trades(1_200, every: 1_000, before: Self.noon))
        var (planner, first) = try started(request, clock())
        planner.page(
            1, trades(3, every: 1_000, before: Self.noon.adding(seconds: -86_400)), sequence: 1, now: clock())
        #expect(planner.actions(clock()).isEmpty)
        guard case .fetch(1, let again) = planner.actions(clock(1_000)).first else { throw Stop("not again") }
        #expect(again == first)
        let page = exchange.page(again, now: Self.noon, count: 100)
        planner.page(1, page, sequence: 2, now: clock(1_000))
        _ = planner.actions(clock(1_000))
        planner.page(1, page, sequence: 3, now: clock(1_000))
        #expect(planner.actions(clock(1_000)).isEmpty, "the cursor did not move")
        #expect(planner.count == 1)
    }

    @Test(arguments: 1...40)
    func everyTradeOfAnyGapComesBack(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var all: [Trade] = []
        var time = Self.noon.adding(seconds: -6 * 86_400)
        while time < Self.noon {
            time = time.adding(milliseconds: Int64.random(in: 0...400_000, using: &random))
            for number in 0..<Int64.random(in: 1...4, using: &random) {
                all.append(
                    Trade(
                        time: time, symbol: symbol, sequentialID: time.milliseconds * 10_000 + number,
                        price: Decimal8(1), volume: Decimal8(1), side: .sell, receivedAt: time))
            }
        }
        let exchange = ModelREST(all)
        let from = Self.noon.adding(seconds: -Int64.random(in: 2...500_000, using: &random))
        let to = min(
            from.adding(seconds: Int64.random(in: 1...300_000, using: &random)), Self.noon.adding(seconds: -2)
        )
        let request = RefillRequest(symbol, from..<to, reason: "restart", keepsTrades: true)
        var planner = RefillPlanner()
        _ = planner.add(request)
        _ = planner.actions(clock())
        planner.counted(1, 0)
        var now: Int64 = 0
        var stored: Set<Trade> = []
        for sequence in 1...5_000 {
            switch planner.actions(clock(now, Self.noon.adding(milliseconds: -now))).first {
            case .fetch(_, let page):
                if Int.random(in: 0..<10, using: &random) == 0 {
                    planner.failed(
                        1, .temporary("500"), now: clock(now, Self.noon.adding(milliseconds: -now)))
                } else {
                    let rows = exchange.page(
                        page, now: Self.noon, count: Int.random(in: 1...60, using: &random))
                    stored.formUnion(rows)
                    planner.page(
                        1, rows, sequence: UInt64(sequence),
                        now: clock(now, Self.noon.adding(milliseconds: -now)))
                }
            case .count: planner.counted(1, Int64(stored.filter { request.interval.contains($0.time) }.count))
            case .finished(let outcome):
                let wanted = all.filter { request.interval.contains($0.time) }
                #expect(outcome.filled == request.interval)
                #expect(outcome.tradesFilled == Int64(wanted.count))
                #expect(Set(outcome.trades ?? []) == Set(wanted) && stored.isSuperset(of: wanted))
                return
            case nil:
                planner.committed(through: UInt64(sequence))
                // Pauses pass on the monotonic clock; the exchange's is held still, so that days do not move.
                now += 100
                if now > 3_000_000 { Issue.record("it does not end"); return }
            }
        }
        Issue.record("too many pages")
    }
}
