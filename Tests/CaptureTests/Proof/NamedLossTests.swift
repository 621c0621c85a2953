import Capture
import Market
import Storage
import TestKit
import Testing

/// Tickers that name a trade which nobody has, with others of its millisecond beside it.
@Suite(.oneAtATime) struct NamedLossTests {
    private static let start = Instant(microseconds: 1_773_187_200_000_000)

    /// What a dispute about these stored trades comes to, when REST has them and no more.
    private func settled(_ window: StreamWindow, _ own: [Trade]) -> (ReconciledRange, [Gap])? {
        let range = ReconciledRange(
            window.symbol, .ticker, window.interval, .different, ours: .zero, exchange: window.exchange)
        var book = DisputeBook()
        _ = book.open(.stream(window), range, now: 0)
        for second in 0..<1_000 {
            let now = Int64(second) * 1_000
            for action in book.actions(now: now) {
                switch action {
                case .refill(let request):
                    var outcome = RefillOutcome(request)
                    outcome.filled = request.interval
                    _ = book.refilled(
                        request.tag, outcome, TradeComparison(ours: own, rest: own), now: now)
                case .look(let id, _, _):
                    let action = book.looked(id, window.look(own), now: now)
                    if case .settled(let range, let gaps, _, _) = action { return (range, gaps) }
                case .correct, .settled: return nil
                }
            }
        }
        return nil
    }

    /// Indexes of trades of which several share the millisecond.
    private func tied(_ market: SimulatedMarket, in range: Range<Int>) -> [[Int]] {
        Dictionary(grouping: range) { market.trades[$0].time }.values.filter { $0.count > 1 }
            .sorted { $0[0] < $1[0] }
    }

    private func window(_ market: SimulatedMarket, _ indexes: [Int]) throws -> StreamWindow {
        let marks = indexes.compactMap { StreamMark(market.ticker(after: $0)) }
        return try #require(StreamWindow(market.symbol, from: marks[0], Array(marks.dropFirst())))
    }

    private func check(
        _ market: SimulatedMarket, _ window: StreamWindow, lost: [Int], isExact: Bool, _ note: Comment
    ) throws {
        let all = market.trades
        let own = all.indices.filter { !lost.contains($0) }.map { all[$0] }
            .filter { $0.time >= window.first.time && $0.time <= window.last.time }
        let (range, gaps) = try #require(settled(window, own))
        #expect(range.status == .unprovable, note)
        for index in lost {
            #expect(gaps.contains { $0.interval.contains(all[index].time) }, note)
        }
        let sum = lost.reduce(into: TradeFigures.zero) { $0 += TradeFigures(all[$1]) }
        let told = gaps.compactMap(\.lost).reduce(into: TradeFigures.zero) { $0 += $1 }
        #expect(abs((told - sum).volume.doubleValue) < 1e-6, note)
        guard isExact else { return }
        #expect(
            gaps.allSatisfy { $0.interval.upperBound == $0.interval.lowerBound.adding(milliseconds: 1) }, note
        )
    }

    @Test func oneOfSeveralOfAMillisecondThatATickerNamesIsUnprovableAndNothingElseIs() throws {
        var cases = 0
        for seed in UInt64(1)...12 {
            let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 2)
            for group in tied(market, in: 20..<300).prefix(8) {
                for at in group {
                    // A twin would be taken for it.
                    let trade = market.trades[at]
                    guard group.count(where: { market.trades[$0].price == trade.price }) == 1 else {
                        continue
                    }
                    let note: Comment = "seed \(seed), trade \(at)"
                    // The window's last ticker names it, one in its midst, and each trade has one.
                    try check(market, try window(market, [5, at]), lost: [at], isExact: true, note)
                    try check(market, try window(market, [5, at, 350]), lost: [at], isExact: true, note)
                    try check(market, try window(market, Array(5...350)), lost: [at], isExact: true, note)
                    cases += 1
                }
            }
        }
        #expect(cases > 100)
    }

    @Test func withAnotherLossBesideItBothAreTold() throws {
        for seed in UInt64(1)...12 {
            let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 2)
            for group in tied(market, in: 20..<300).prefix(8) {
                for at in group {
                    let note: Comment = "seed \(seed), trade \(at)"
                    try check(
                        market, try window(market, [5, at, 350]), lost: [12, at], isExact: false, note)
                }
            }
        }
    }

    @Test func aWindowThatBeginsWithALostTradeAccusesNoneOfItsMillisecond() throws {
        for seed in UInt64(1)...12 {
            let market = try SimulatedMarket(seed: seed, from: Self.start, days: 1, meanSeconds: 2)
            for group in tied(market, in: 20..<300).prefix(8) {
                for at in group {
                    let trade = market.trades[at]
                    guard group.count(where: { market.trades[$0].price == trade.price }) == 1 else {
                        continue
                    }
                    let later = try #require(
                        (320..<350).first {
                            market.trades[$0].time != market.trades[$0 + 1].time
                                && market.trades[$0].time != market.trades[$0 - 1].time
                        })
                    let window = try window(market, Array(at...360))
                    let own = market.trades.indices.filter { $0 != at && $0 != later }
                        .map { market.trades[$0] }
                        .filter { $0.time >= window.first.time && $0.time <= window.last.time }
                    let places = window.places(own)
                    let time = market.trades[later].time
                    #expect(places.map(\.interval) == [time..<time.adding(milliseconds: 1)], "seed \(seed)")
                }
            }
        }
    }
}
