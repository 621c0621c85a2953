import Capture
import Foundation
import Market
import Storage
import TestKit
import Testing

/// How many calls and rows a day costs. All 250 markets with YEOUL_TORTURE=1, else some of each kind.
@Suite(.oneAtATime) struct ProofCostTests {
    private static let start = Instant(microseconds: 1_773_187_200_000_000)

    /// Mean seconds between trades: few markets are busy, most are quiet; 30 trades a second in all.
    private static func meanSeconds(_ market: Int) -> Double { 0.2 * Double(market + 1) }

    /// Calls for candles that the exchange allows in a day.
    private static let callsADay = 10 * 86_400

    /// The rows of a market's day by candles, and the calls that they took.
    private func day(of market: SimulatedMarket, byPublication: Bool) -> (rows: Int, calls: Int) {
        let sides = CandleSides(market.trades, candles: market.candles(byPublication: byPublication))
        var proof = CandleProof()
        proof.begin(market.symbol, at: Self.start)
        var ranges = ProofRanges()
        var rows: [Instant: ReconciledRange] = [:]
        var calls = 0
        // Its turn comes every 250 seconds; rows are written each minute.
        for turn in 1...350 {
            let seconds = Int64(turn) * 250
            let now = ProofClock(milliseconds: seconds * 1_000, exchange: Self.start.adding(seconds: seconds))
            guard let question = proof.question(now, committed: now.exchange, openFrom: { _, _ in nil })
            else { continue }
            calls += 1
            let answer = proof.answer(
                question, sides.page(question.interval), now, isLost: { _, _ in false })
            #expect(answer.disputes.isEmpty)
            for range in answer.ranges { ranges.add(range) }
            for row in ranges.take(all: true) { rows[row.interval.lowerBound] = row }
        }
        return (rows.count, calls)
    }

    @Test func aDayOfAllMarketsMakesFewRows() throws {
        let isAll = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] != nil
        let step = isAll ? 1 : 25
        var counts = (execution: 0, publication: 0, trades: 0, calls: 0)
        for number in stride(from: 0, to: 250, by: step) {
            let market = try SimulatedMarket(
                seed: UInt64(number), from: Self.start, days: 1, meanSeconds: Self.meanSeconds(number),
                symbol: try Symbol("KRW-A\(number)"))
            counts.trades += market.trades.count
            counts.execution += day(of: market, byPublication: false).rows
            let worst = day(of: market, byPublication: true)
            counts.publication += worst.rows
            counts.calls += worst.calls
        }
        print(
            "a day of \(250 / step) markets, \(counts.trades) trades:", counts.execution, "rows;",
            counts.publication, "when candles go by publication;", counts.calls, "calls")
        #expect(counts.execution <= 2 * 250 / step)
        #expect(counts.calls * step < Self.callsADay / 5, "a fifth of what the exchange allows")
        // The ticker's rows come on top of them: one a market and day.
        if isAll { #expect(counts.publication + 250 < 5_000) }
    }
}
