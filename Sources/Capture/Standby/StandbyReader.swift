import Database
import Diagnostics
import Market
import Network
import Storage
import Synchronization

/// While another process writes the shard: lets go of the frames whose trades that one has stored, each looked up
/// in the database. So the journal of a standby does not grow, and a takeover begins where it is needed.
package final class StandbyReader: Sendable {
    private let lease: Lease
    private let options: ConnectionOptions
    private let settings: StandbySettings
    private let quarantineFolder: String
    private let logger: Logger
    private let pauses = BatchSlot()
    private let isStopped = Atomic(false)
    private let thread = Mutex<DedicatedThread?>(nil)

    package init(
        _ lease: Lease, options: ConnectionOptions, settings: StandbySettings = StandbySettings(),
        quarantineFolder: String, logger: Logger
    ) {
        self.lease = lease
        self.options = options
        self.settings = settings
        self.quarantineFolder = quarantineFolder
        self.logger = logger
    }

    package func start(_ makeFeed: @escaping @Sendable () -> any FrameFeed) throws {
        let started = try DedicatedThread(named: "yeoul-standby") { self.run(makeFeed()) }
        thread.withLock { $0 = started }
    }

    package func stop() {
        isStopped.store(true, ordering: .releasing)
        pauses.stop()
        thread.withLock { $0.take() }?.join()
    }

    /// What was read and not let go of yet.
    private struct Reading: ~Copyable {
        let feed: any FrameFeed
        let quarantine: Quarantine
        var intake = Intake(IntakeSettings(), clockFrom: .max)
        var pending: PreparedBatch?
        var isPlaced = false
    }

    private func run(_ feed: any FrameFeed) {
        var reading = Reading(
            feed: feed, quarantine: Quarantine(folder: quarantineFolder, logger: logger.named("quarantine")))
        var connection: BlockingConnection?
        while true {
            pauses.pause(milliseconds: settings.everyMilliseconds)
            if isStopped.load(ordering: .acquiring) { break }
            do {
                while !lease.isHeld, try step(&reading, on: try open(&connection)) {
                    if isStopped.load(ordering: .acquiring) { break }
                }
            } catch {
                logger.debug("a standby's frames cannot be looked up", ["error": "\(error)"])
                try? connection?.close()
                connection = nil
            }
            if lease.isHeld { reading.isPlaced = false }
        }
        try? connection?.close()
    }

    private func open(_ connection: inout BlockingConnection?) throws -> BlockingConnection {
        if let open = connection, open.connection.isOpen { return open }
        let made = try BlockingConnection.connect(options)
        connection = made
        return made
    }

    /// True when there may be more to let go of at once.
    private func step(_ reading: inout Reading, on connection: BlockingConnection) throws -> Bool {
        if !reading.isPlaced {
            let found = try PositionParticipant.read(
                shard: lease.shard, journal: lease.journal, on: connection)
            reading.feed.seek(after: found?.position ?? 0)
            reading.intake.forget()
            reading.pending = nil
            reading.isPlaced = true
        }
        guard let batch = try reading.pending ?? read(&reading) else { return false }
        reading.pending = batch
        let now = Instant(microseconds: WallClock.unixMicroseconds())
        guard batch.newestReceivedAt.adding(milliseconds: settings.settleMilliseconds) < now else {
            return false
        }
        let (missing, passed) = try lookUp(batch.market.trades, on: connection)
        switch settings.verdict(missing: missing.count, received: batch.newestReceivedAt, passed: passed) {
        case .wait: return false
        case .letGo: break
        case .putAside:
            reading.quarantine.put(
                missing.map {
                    QuarantineEntry.of(
                        batch.market.trades[$0], .refused,
                        "the process that writes the shard did not store it")
                })
        }
        reading.quarantine.put(batch.aside, uncounted: batch.asideUncounted)
        reading.pending = nil
        guard try write(batch.position, on: connection) else {
            // The lease is ours by now: the commit loop goes on from what is stored.
            reading.isPlaced = false
            return false
        }
        reading.feed.committed(through: batch.position)
        return true
    }

    private func read(_ reading: inout Reading) throws -> PreparedBatch? {
        let (feed, bytesMax) = (reading.feed, StandbySettings.readBytesMax)
        var intake = Intake(IntakeSettings(), clockFrom: .max)
        swap(&intake, &reading.intake)
        defer { swap(&intake, &reading.intake) }
        _ = try feed.read(bytesMax: bytesMax, waitMilliseconds: 0) { head, label, payload in
            intake.take(head, label: label, payload)
        }
        let batch = intake.takeBatch()
        return batch.isEmpty ? nil : batch
    }

    /// The numbers of the trades that are not stored, and when the newest stored trade was received.
    private func lookUp(
        _ trades: [Trade], on connection: BlockingConnection
    ) throws -> (missing: [Int], passed: Instant?) {
        let newest = try connection.query(
            "SELECT received_at FROM market.transactions ORDER BY time DESC, symbol DESC, sequential_id DESC LIMIT 1"
        )
        let passed = try newest.first.map {
            Instant(microseconds: try $0.value(0, as: Timestamp.self).microseconds)
        }
        let times = trades.map(\.time)
        guard let first = times.min(), let last = times.max() else { return ([], passed) }
        let rows = try connection.query(
            """
            SELECT k.number FROM unnest($1, $2, $3) WITH ORDINALITY AS k (time, symbol, id, number)
            WHERE NOT EXISTS (
                SELECT FROM market.transactions t
                WHERE t.time = k.time AND t.symbol = k.symbol COLLATE "C" AND t.sequential_id = k.id
                    AND t.time BETWEEN $4 AND $5)
            """,
            [
                .timestampArray(times.map { Timestamp(microseconds: $0.microseconds) }),
                .textArray(trades.map(\.symbol.description)), .int64Array(trades.map(\.sequentialID)),
                .timestamp(microseconds: first.microseconds), .timestamp(microseconds: last.microseconds),
            ])
        return (try rows.map { Int(try $0.value(0, as: Int64.self)) - 1 }, passed)
    }

    /// The position of our own journal, unless the lease is ours. The rows before it are of no use any more.
    private func write(_ position: UInt64, on connection: BlockingConnection) throws -> Bool {
        let rows = try connection.query(
            """
            WITH held AS (SELECT epoch FROM ops.leases WHERE shard = $1 AND owner <> $2 FOR SHARE)
            INSERT INTO ops.journal_positions (position, epoch, shard, journal_id)
            SELECT $3, epoch, $1, $4 FROM held RETURNING id
            """,
            [.int32(lease.shard), .text(lease.owner), .int64(Int64(position)), .text(lease.journal)])
        guard let row = rows.first else { return false }
        try connection.query(
            "DELETE FROM ops.journal_positions WHERE shard = $1 AND journal_id = $2 AND id < $3",
            [.int32(lease.shard), .text(lease.journal), .int64(try row.value(0))])
        return true
    }
}
