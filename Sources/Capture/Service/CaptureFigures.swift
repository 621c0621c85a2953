import Market
import Synchronization

/// What the capture did so far: for the status line, metrics and tests.
package struct CaptureFigures: Sendable, Equatable {
    package var commits = 0
    package var frames = 0
    package var trades = 0
    package var tickers = 0
    package var orderBooks = 0
    /// Copies that were left out in memory, and rows that were stored already.
    package var copies = 0
    package var duplicates = 0
    package var quarantined = 0
    package var quarantinedBy: [QuarantineReason: Int] = [:]
    /// Stored trades that the stream brought late, and those that were fetched.
    package var late = 0
    package var fetched = 0
    package var failures = 0
    /// The database has every frame up to this one.
    package var position: UInt64 = 0
    /// Whether rows go into the database now.
    package var isStoring = false
    /// From the receipt of a batch's newest frame to its commit.
    package var lag = LagHistogram()
    /// From the exchange's time of a streamed trade to its receipt; of large commits a part.
    package var receipt = LagHistogram()

    package init() {}

    package var rows: Int { trades + tickers + orderBooks }

    /// A trade that comes so long after its time counts as late. The first trades of a connection do.
    package static let lateMicroseconds: Int64 = 5_000_000
    /// Trades of a commit whose receipt is measured.
    private static let measuredMax = 500

    package mutating func count(accepted trades: [Trade]) {
        self.trades += trades.count
        for trade in trades {
            // Only the stream says when it published.
            if trade.publishedAt == nil {
                fetched += 1
            } else if Self.took(trade) >= Self.lateMicroseconds {
                late += 1
            }
        }
        let step = trades.count / Self.measuredMax + 1
        for index in stride(from: 0, to: trades.count, by: step) where trades[index].publishedAt != nil {
            receipt.add(microseconds: Self.took(trades[index]), times: step)
        }
    }

    private static func took(_ trade: Trade) -> Int64 { trade.receivedAt.microseconds(since: trade.time) }
}

/// The figures, for all threads.
package final class CaptureFiguresBox: Sendable {
    private let state = Mutex(CaptureFigures())

    package init() {}

    package var value: CaptureFigures { state.withLock { $0 } }

    package func update(_ body: (inout CaptureFigures) -> Void) { state.withLock { body(&$0) } }
}
