import Database
import Diagnostics
import Market
import Storage
import Upbit

/// Reads from the tables where a proof by candles goes on.
struct ProofStart: Sendable {
    /// What earlier runs heard in so long before their end is judged when they could judge nothing themselves:
    /// runs that are killed every few seconds do not come to it.
    static let unjudgedSeconds: Int64 = 86_400

    let database: Pool
    let logger: Logger

    /// The newest judged range of each market; empty when that cannot be read.
    func newest(now: Instant) async -> [ReconciledRange] {
        do {
            return try await database.withConnection { connection in
                try await ReconciliationTable.newest(.candle, since: Self.oldest(now), on: connection)
            }
        } catch {
            logger.warning("the proof begins anew, since what is proven cannot be read: \(error)")
            return []
        }
    }

    /// Minutes between judged ones, and before the first of them, that an earlier run left without a verdict: in
    /// pieces as long as the longest row.
    func holes(now: Instant) async -> [Symbol: [Range<Instant>]] {
        let piece = Int64(CandleProof.runMinutesMax) * 60
        do {
            return try await database.withConnection { connection in
                var holes = try await ReconciliationTable.holes(
                    .candle, since: Self.oldest(now), secondsMax: piece, on: connection)
                let beginnings = try await ReconciliationTable.beginnings(
                    .candle, since: Self.oldest(now), secondsMax: Self.unjudgedSeconds, on: connection)
                for (symbol, beginning) in beginnings {
                    var from = beginning.lowerBound
                    while from < beginning.upperBound {
                        let to = min(from.adding(seconds: piece), beginning.upperBound)
                        holes[symbol, default: []].append(from..<to)
                        from = to
                    }
                }
                return holes
            }
        } catch {
            logger.warning("what an earlier run left unjudged cannot be read: \(error)")
            return [:]
        }
    }

    /// Since when an earlier run heard each market: for one that ended before it had judged anything. Markets
    /// without a trade in its last day are absent; all are when that cannot be read.
    func heard(now: Instant) async -> [Symbol: Instant] {
        do {
            return try await database.withConnection { connection in
                let newest = try await TradeQueries.newest(
                    since: Self.oldest(now), receivedBefore: now.adding(seconds: 86_400), on: connection)
                guard let newest else { return [:] }
                return try await TradeQueries.heardSince(
                    seconds: Self.unjudgedSeconds, before: newest, on: connection)
            }
        } catch {
            logger.warning("the proof begins with now, since the stored trades cannot be read: \(error)")
            return [:]
        }
    }

    /// What is older cannot be fetched.
    static func oldest(_ now: Instant) -> Instant {
        now.adding(seconds: -Int64(Quotation.daysAgoMax) * 86_400)
    }
}
