import Database
import Market
import Storage

/// Ends each of our transactions: gaps, then the lease is checked and locked, and with a batch's last part the
/// position is appended.
///
/// Last, so that the lease's row is locked for no longer than the COMMIT takes.
package final class PositionParticipant: CommitParticipant {
    /// So many older positions stay: enough to see what happened.
    package static let keptMax: Int64 = 1_000
    /// Pruning happens once in so many commits.
    package static let pruneEvery = 500

    /// A writer that is suspended between this and its COMMIT would lock the lease for as long, and nobody could
    /// take over. The server ends its session when the lease has expired.
    private static let lockedMilliseconds = String(LeaseMachine.lifeMilliseconds)

    private let lease: Lease
    /// What the transaction that is going on does.
    var position: UInt64?
    var holes: [CaptureHole] = []
    var symbols: [Symbol] = []
    private var lastPosition: UInt64?
    private var commitsSincePruning = 0

    package init(_ lease: Lease) { self.lease = lease }

    package func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
        try write(holes, on: connection)
        guard let position, position != lastPosition else { return try checkLease(on: connection) }
        let rows = try connection.prepared(
            """
            WITH held AS (
                SELECT epoch FROM ops.leases WHERE shard = $1 AND owner = $2 AND epoch = $3 FOR SHARE
            )
            INSERT INTO ops.journal_positions (position, epoch, shard, journal_id)
            SELECT $4, epoch, $1, $5 FROM held
            RETURNING id, set_config('idle_in_transaction_session_timeout', $6, true)
            """,
            [
                .int32(lease.shard), .text(lease.owner), .int64(lease.sessionEpoch), .int64(Int64(position)),
                .text(lease.journal), .text(Self.lockedMilliseconds),
            ])
        guard let row = rows.first else { throw lost() }
        commitsSincePruning += 1
        guard commitsSincePruning >= Self.pruneEvery else { return }
        commitsSincePruning = 0
        try connection.query(
            "DELETE FROM ops.journal_positions WHERE shard = $1 AND journal_id = $2 AND id < $3",
            [.int32(lease.shard), .text(lease.journal), .int64(try row.value(0) - Self.keptMax)])
    }

    package func didCommit() { lastPosition = position ?? lastPosition }
    package func didNotCommit() { lastPosition = nil }

    /// The stored position, when the lease is still ours. The lock is what a server that only reads refuses.
    func check(on connection: BlockingConnection) throws -> UInt64? {
        let rows = try connection.query(
            """
            SELECT (
                SELECT position FROM ops.journal_positions
                WHERE shard = $1 AND journal_id = $4 ORDER BY id DESC LIMIT 1
            ) FROM ops.leases WHERE shard = $1 AND owner = $2 AND epoch = $3 FOR SHARE
            """,
            [
                .int32(lease.shard), .text(lease.owner), .int64(lease.sessionEpoch), .text(lease.journal),
            ])
        guard let row = rows.first else { throw lost() }
        return try row.optional(0, as: Int64.self).map { UInt64($0) }
    }

    private func checkLease(on connection: BlockingConnection) throws {
        let rows = try connection.prepared(
            """
            SELECT epoch, set_config('idle_in_transaction_session_timeout', $4, true) FROM ops.leases
            WHERE shard = $1 AND owner = $2 AND epoch = $3 FOR SHARE
            """,
            [
                .int32(lease.shard), .text(lease.owner), .int64(lease.sessionEpoch),
                .text(Self.lockedMilliseconds),
            ])
        if rows.first == nil { throw lost() }
    }

    private func lost() -> CaptureError {
        lease.noteLost()
        return lease.lost()
    }

    /// Trades can be asked for again; a ticker or an order book of a moment that has passed cannot.
    private func write(_ holes: [CaptureHole], on connection: BlockingConnection) throws {
        for hole in holes where hole.to > hole.from {
            try connection.query(
                """
                INSERT INTO market.gaps (from_time, to_time, symbol, channel, reason, status)
                SELECT $1, $2, symbol, channel, $3,
                    CASE channel WHEN 'trade' THEN 'open' ELSE 'unfillable' END
                FROM unnest($4) symbol, unnest(array['trade', 'ticker', 'orderbook']) channel
                ON CONFLICT (symbol, channel, from_time)
                DO UPDATE SET to_time = greatest(market.gaps.to_time, excluded.to_time), updated_at = now()
                """,
                [
                    .timestamp(microseconds: hole.from.microseconds),
                    .timestamp(microseconds: hole.to.microseconds), .text(hole.reason),
                    .textArray(symbols.map(\.description)),
                ])
        }
    }

    /// The newest position of the journal, and when it was stored; nil when there is none.
    static func read(
        shard: Int32, journal: String, on connection: BlockingConnection
    ) throws -> (position: UInt64, committedAt: Instant)? {
        let rows = try connection.query(
            """
            SELECT position, committed_at FROM ops.journal_positions
            WHERE shard = $1 AND journal_id = $2 ORDER BY id DESC LIMIT 1
            """, [.int32(shard), .text(journal)])
        guard let row = rows.first else { return nil }
        let position: Int64 = try row.value(0)
        return (UInt64(position), Instant(microseconds: try row.value(1, as: Timestamp.self).microseconds))
    }
}
