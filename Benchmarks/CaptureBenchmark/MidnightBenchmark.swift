import Database
import Derivation
import Foundation
import Market
import Network
import Storage
import Synchronization
import TestKit

/// The commit in which every timeframe of 250 markets closes, with a listener that does not read, and how long a
/// start takes that reads everything back.
struct MidnightBenchmark {
    private static let markets = 250
    private static let minutes = 240
    private static let rounds = 3

    let server: ScratchServer

    private final class Clock: Sendable {
        let now: Mutex<Instant>
        init(_ now: Instant) { self.now = Mutex(now) }
    }

    func run() async throws {
        let options = try server.options(database: "capture")
        let connection = try await Connection.connect(options)
        let midnight = Timeframe.day1.start(
            of: Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)))
        var (closing, starts): ([Double], [Double]) = ([], [])
        for _ in 0..<Self.rounds {
            try await DerivedTables.empty(connection)
            let listener = try await Connection.connect(options)
            try await listener.execute("LISTEN candle_closed")
            let blocking = try BlockingConnection.connect(options)
            var writer = try MarketWriter(blocking)
            let clock = Clock(midnight.adding(seconds: -Int64(Self.minutes) * 60))
            let derivation = Derivation(try DerivationSettings()) { clock.now.withLock { $0 } }
            for minute in 0..<Int64(Self.minutes) {
                let time = midnight.adding(seconds: (minute - Int64(Self.minutes)) * 60 + 1)
                clock.now.withLock { $0 = time.adding(seconds: 58) }
                derivation.willCommit(through: nil)
                _ = try writer.commit(
                    MarketBatch(trades: try trades(time)), now: time, participants: [derivation])
            }
            let end = midnight.adding(seconds: 3)
            clock.now.withLock { $0 = end }
            derivation.willCommit(through: end)
            var began = Monotonic.nanoseconds()
            _ = try writer.commit(MarketBatch(), now: end, participants: [derivation])
            closing.append(Double(Monotonic.nanoseconds() - began) / 1e6)
            let next = Derivation(try DerivationSettings()) { clock.now.withLock { $0 } }
            next.willCommit(through: nil)
            began = Monotonic.nanoseconds()
            _ = try writer.commit(MarketBatch(), now: end, participants: [next])
            starts.append(Double(Monotonic.nanoseconds() - began) / 1e6)
            try blocking.close()
            try listener.close()
        }
        try connection.close()
        func text(_ times: [Double]) -> String {
            String(
                format: "%.0f ms (%.0f to %.0f)", times.sorted()[times.count / 2], times.min() ?? 0,
                times.max() ?? 0)
        }
        print(
            "\(Self.markets) markets × 11 timeframes after \(Self.minutes) minutes: the commit at 00:00 UTC "
                + "\(text(closing)), a start that reads everything back \(text(starts))")
    }

    private func trades(_ time: Instant) throws -> [Trade] {
        try (0..<Self.markets).map { number in
            let id = time.milliseconds * 1_000 + Int64(number)
            return Trade(
                time: time, symbol: try Symbol("KRW-M\(number)"), sequentialID: id,
                price: Decimal8(1_000 + Int(id / 1_000 % 977)), volume: Decimal8(1), side: .buy,
                receivedAt: time)
        }
    }
}
