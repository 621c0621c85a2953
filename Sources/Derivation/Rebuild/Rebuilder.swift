import Database
import Indicators
import Market
import Storage

/// Makes the candles of a time again from the stored trades, and the indicators from there on.
///
/// A transaction for each day of trades and its repair row, so the rule of derivation holds after each. A
/// capture that runs takes the repair over within a minute; otherwise it is done here.
package struct Rebuilder {
    package struct Report: Sendable {
        package var key: SeriesKey
        package var candles = CandleRebuild.Result()
        /// What the running capture has to do.
        package var isLeftToCapture = false
    }

    private let settings: DerivationSettings

    package init(_ settings: DerivationSettings) { self.settings = settings }

    /// `progress` hears how far it is, in time.
    package func rebuild(
        _ key: SeriesKey, from: Instant, to: Instant, isDry: Bool, on connection: BlockingConnection,
        progress: (Instant) -> Void = { _ in }
    ) throws -> Report {
        var report = Report(key: key)
        guard let range = try range(key, from, to, on: connection) else { return report }
        // Whole intervals, at least a day of trades at once.
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, max(key.timeframe.next(after: start), Self.sliceEnd(key, start)))
            let part = try connection.transaction { connection in
                let part = try CandleRebuild.run(key, start..<end, isDry: isDry, on: connection)
                if let first = part.firstChange, !isDry {
                    try open(RepairJob(key, from: first), on: connection)
                }
                return part
            }
            report.candles.changed += part.changed
            report.candles.deleted += part.deleted
            report.candles.firstChange = report.candles.firstChange ?? part.firstChange
            start = end
            progress(start)
        }
        if isDry { return report }
        // Indicators are computed again even when no candle changed: they may be what is wrong.
        try connection.transaction { try open(RepairJob(key, from: range.lowerBound), on: $0) }
        report.isLeftToCapture = try Self.isCaptureRunning(on: connection)
        if !report.isLeftToCapture { try repair(on: connection) }
        return report
    }

    private static func sliceEnd(_ key: SeriesKey, _ start: Instant) -> Instant {
        key.timeframe.start(of: start.adding(seconds: 86_400))
    }

    /// The closed intervals that lie in the time and in the stored trades; retention drops those by days.
    private func range(
        _ key: SeriesKey, _ from: Instant, _ to: Instant, on connection: BlockingConnection
    ) throws -> Range<Instant>? {
        let row = try connection.query(
            """
            SELECT (SELECT date_bin('1 day', min(time), timestamptz '2000-01-01 00:00+00') FROM market.transactions),
                (SELECT time FROM market.latest_indicators WHERE symbol = $1 AND timeframe = $2)
            """, [DatabaseValue(key.symbol), DatabaseValue(key.timeframe)]
        ).single()
        guard let stored = try row.optional(0, as: Timestamp.self),
            let closed = try row.optional(1, as: Timestamp.self)
        else { return nil }
        let first = max(from, Instant(microseconds: stored.microseconds))
        let start = key.timeframe.isAligned(first) ? first : key.timeframe.next(after: first)
        let end = min(
            key.timeframe.start(of: to), key.timeframe.next(after: Instant(microseconds: closed.microseconds))
        )
        return start < end ? start..<end : nil
    }

    private func open(_ job: RepairJob, on connection: BlockingConnection) throws {
        try StateTable.delete(job.key, from: job.from, on: connection)
        try RepairTable.write([(job, isClosed: false)], on: connection)
    }

    /// The lease tells whether someone writes.
    package static func isCaptureRunning(on connection: BlockingConnection) throws -> Bool {
        try connection.query("SELECT EXISTS (SELECT FROM ops.leases WHERE expires_at > clock_timestamp())")
            .single().value(0)
    }

    /// What is open is done in commits of its own; nothing closes meanwhile, for the clock stands still.
    private func repair(on connection: BlockingConnection) throws {
        let still = Instant(microseconds: .min)
        let derivation = Derivation(settings) { still }
        var writer = try MarketWriter(connection)
        repeat {
            _ = try writer.commit(MarketBatch(), now: .epoch, participants: [derivation])
        } while derivation.repairCount ?? 0 > 0
    }
}
