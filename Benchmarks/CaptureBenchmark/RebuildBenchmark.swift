import Database
import Derivation
import Foundation
import Market
import Network
import Storage
import TestKit

/// A day of one market made again: candles in SQL from the stored trades, indicators from there on. The first
/// word after `rebuild` that is a number is the count of trades; the day has 3,000,000.
struct RebuildBenchmark {
    private static let tradesStandard = 300_000

    let server: ScratchServer

    func run() async throws {
        let trades = CommandLine.arguments.compactMap { Int($0) }.first ?? Self.tradesStandard
        let options = try server.options(database: "capture")
        let connection = try await Connection.connect(options)
        try await DerivedTables.empty(connection)
        let end = Timeframe.day1.start(of: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)))
        let start = end.adding(seconds: -86_400)
        let symbol = try Symbol("KRW-BTC")
        let blocking = try BlockingConnection.connect(options)
        var writer = try MarketWriter(blocking)
        let derivation = Derivation(try DerivationSettings()) { end.adding(seconds: 10) }
        var next = 0
        while next < trades {
            let count = min(MarketWriter.batchRowsMax, trades - next)
            let batch = (next..<(next + count)).map { number in
                let time = start.adding(milliseconds: Int64(number) * 86_399_000 / Int64(trades))
                return Trade(
                    time: time, symbol: symbol, sequentialID: Int64(number) + 1,
                    price: Decimal8(1_000 + number % 977), volume: Decimal8(1), side: .buy, receivedAt: time)
            }
            next += count
            derivation.willCommit(through: next == trades ? end.adding(seconds: 10) : nil)
            _ = try writer.commit(
                MarketBatch(trades: batch), now: end.adding(seconds: 10), participants: [derivation])
        }
        try await connection.execute("ANALYZE market.transactions", within: .seconds(60))
        // All timeframes, as `yeoul rebuild` without --timeframe.
        let settings = try DerivationSettings()
        let began = Monotonic.nanoseconds()
        for timeframe in settings.timeframes {
            _ = try Rebuilder(settings).rebuild(
                SeriesKey(symbol, timeframe), from: start, to: end, isDry: false, on: blocking)
        }
        let seconds = Double(Monotonic.nanoseconds() - began) / 1e9
        try blocking.close()
        try connection.close()
        print(
            String(
                format: "rebuild of a day of %d trades, all its timeframes: %.1f s, %.0f k trades/s",
                trades, seconds, Double(trades) / seconds / 1e3))
    }
}
