import Database
import Synchronization

/// The right to write a shard, as this process holds it: a row of `ops.leases`.
///
/// An advisory lock would not do: it does not fence a writer that was suspended and goes on later. Here each
/// commit locks the row, with the epoch that it knows, until it is done, and whoever takes over raises the
/// epoch.
package final class Lease: Sendable {
    private struct State {
        var isHeld = false
        var claimedEpoch: Int64 = 0
        var sessionEpoch: Int64 = 0
        var isFoundLost = false
        var isFoundBlocked = false
    }

    package let shard: Int32
    /// Host, process and journal.
    package let owner: String
    /// Which journal this process writes: its folder is locked, so an earlier owner of it is gone.
    package let journal: String
    private let state = Mutex(State())

    package init(shard: Int32, owner: String, journal: String) {
        self.shard = shard
        self.owner = owner
        self.journal = journal
    }

    package var isHeld: Bool { state.withLock { $0.isHeld } }
    /// With which it was claimed last.
    package var claimedEpoch: Int64 { state.withLock { $0.claimedEpoch } }
    /// With which a session of ours may commit. To claim again is not enough: between the two another process
    /// may have written, and what the session remembers is of before.
    package var sessionEpoch: Int64 { state.withLock { $0.sessionEpoch } }

    /// Takes the lease when it is free, expired, ours, or of an earlier process with our journal.
    func claim(on connection: BlockingConnection) throws -> Bool {
        let rows = try connection.query(
            """
            INSERT INTO ops.leases (shard, epoch, owner, expires_at)
            VALUES ($1, 1, $2, clock_timestamp() + $3 * interval '1 millisecond')
            ON CONFLICT (shard) DO UPDATE SET epoch = ops.leases.epoch + 1, owner = excluded.owner,
                expires_at = excluded.expires_at
            WHERE ops.leases.expires_at < clock_timestamp() OR ops.leases.owner = excluded.owner
                OR right(ops.leases.owner, length($4)) = $4
            RETURNING epoch
            """,
            [.int32(shard), .text(owner), .int64(LeaseMachine.lifeMilliseconds), .text(Self.mark(journal))])
        let epoch = try rows.first.map { try $0.value(0, as: Int64.self) }
        state.withLock { state in
            state.isHeld = epoch != nil
            state.isFoundLost = false
            if let epoch { state.claimedEpoch = epoch }
        }
        return epoch != nil
    }

    func renew(on connection: BlockingConnection) throws -> Bool {
        let rows = try connection.query(
            """
            UPDATE ops.leases SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
            WHERE shard = $1 AND owner = $2 RETURNING epoch
            """, [.int32(shard), .text(owner), .int64(LeaseMachine.lifeMilliseconds)])
        let isOurs = rows.first != nil
        if !isOurs { state.withLock { $0.isHeld = false } }
        return isOurs
    }

    /// Raises the epoch for a new session of ours, so that whatever the session before left running on the
    /// server can no longer commit.
    package func beginSession(on connection: BlockingConnection) throws {
        guard isHeld else { throw lost() }
        let rows = try connection.query(
            "UPDATE ops.leases SET epoch = epoch + 1 WHERE shard = $1 AND owner = $2 RETURNING epoch",
            [.int32(shard), .text(owner)])
        guard let row = rows.first else {
            noteLost()
            throw lost()
        }
        let epoch: Int64 = try row.value(0)
        state.withLock { $0.sessionEpoch = epoch }
    }

    /// Lets the next one have it at once.
    func giveUp(on connection: BlockingConnection) throws {
        try connection.query(
            "UPDATE ops.leases SET expires_at = clock_timestamp() WHERE shard = $1 AND owner = $2",
            [.int32(shard), .text(owner)])
        state.withLock { $0.isHeld = false }
    }

    /// The commit found another epoch.
    package func noteLost() {
        state.withLock { state in
            state.isHeld = false
            state.isFoundLost = true
        }
    }

    /// Whether somebody found it lost since the last question.
    func takeFoundLost() -> Bool {
        state.withLock { state in
            defer { state.isFoundLost = false }
            return state.isFoundLost
        }
    }

    /// A commit stood behind somebody's lock.
    package func noteBlocked() { state.withLock { $0.isFoundBlocked = true } }

    /// Whether a commit was blocked since the last question.
    func takeFoundBlocked() -> Bool {
        state.withLock { state in
            defer { state.isFoundBlocked = false }
            return state.isFoundBlocked
        }
    }

    /// Ends the sessions of our role that hold rows of a COPY whose rest does not come. The server ends a
    /// transaction that is idle by itself, but waits in the middle of a COPY for ever.
    func endSilent(on connection: BlockingConnection) throws -> Int {
        let rows = try connection.query(
            """
            SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
            WHERE a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid()
                AND a.state = 'active' AND a.wait_event = 'ClientRead'
                AND a.query_start < clock_timestamp() - $1 * interval '1 millisecond'
                AND EXISTS (
                    SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted AND l.mode = 'RowExclusiveLock'
                        AND l.relation = ANY (ARRAY['market.transactions', 'market.tickers',
                            'market.orderbooks']::regclass[]))
            """, [.int64(LeaseMachine.silentMilliseconds)])
        return rows.count
    }

    package func lost() -> CaptureError {
        CaptureError(
            .leaseLost, "another process holds the lease of shard \(shard)", place: "ops.leases",
            remedy: "Nothing: this process goes on journalling and takes over when the other ends")
    }

    /// How an owner's name ends.
    static func mark(_ journal: String) -> String { " journal " + journal }

    /// The name of an owner: unique, also when a process id comes again.
    package static func owner(host: String, process: Int32, token: String, journal: String) -> String {
        "\(host) process \(process) \(token)\(mark(journal))"
    }
}
