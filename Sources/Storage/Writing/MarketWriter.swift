import Database
import Market

/// Stores batches of market data, each in one transaction with everything that belongs to it.
///
/// For the thread of a commit loop. It keeps nothing that a crash could lose.
package struct MarketWriter {
    /// A writer that is suspended in its transaction would keep the keys of its rows from all others for as
    /// long: the server ends it instead.
    private static let mode = TransactionMode(idleMillisecondsMax: 5_000)

    /// The most rows of one commit: more gain nothing and hold locks longer.
    package static let batchRowsMax = 20_000

    private let connection: BlockingConnection
    private let settings: [TimeTable: TimeTableSettings]
    private let trades: TableWriter<Trade>
    private let tickers: TableWriter<TickerRow>
    private let orderBooks: TableWriter<OrderBook>
    private var parts = PartKeeper()

    package init(_ connection: BlockingConnection) throws {
        self.connection = connection
        // To compile one of our short statements takes longer than to run it: up to a second.
        try connection.execute("SET jit = off")
        settings = try TimeTableSettings.read(connection)
        trades = try TableWriter(.transactions)
        tickers = try TableWriter(.tickers)
        orderBooks = try TableWriter(.orderbooks)
    }

    /// Commits a batch. Rows whose time is out of bounds are left out and reported; the others are stored,
    /// each once. `now` is the exchange's time.
    package mutating func commit(
        _ batch: MarketBatch, now: Instant, participants: [any CommitParticipant] = []
    ) throws -> CommitReport {
        guard batch.rowCount <= Self.batchRowsMax else {
            throw StorageError(
                .unexpected, "a batch has \(batch.rowCount) rows",
                remedy: "Commit at most \(Self.batchRowsMax) at a time")
        }
        var screened = MarketBatch()
        var report = CommitReport(
            accepted: MarketBatch(), duplicates: 0, rejectedTrades: [], rejectedTickers: [],
            rejectedOrderBooks: [])
        (screened.trades, report.rejectedTrades) = try screen(batch.trades, .transactions, now)
        (screened.tickers, report.rejectedTickers) = try screen(batch.tickers, .tickers, now)
        (screened.orderBooks, report.rejectedOrderBooks) = try screen(batch.orderBooks, .orderbooks, now)
        try ensureParts(screened)
        report.accepted = try store(screened, participants)
        report.duplicates = screened.rowCount - report.accepted.rowCount
        return report
    }

    /// The fast way first. A row that is stored already, or a part that upkeep took away meanwhile, fails
    /// it: then once more, the careful way.
    private mutating func store(
        _ batch: MarketBatch, _ participants: [any CommitParticipant]
    ) throws -> MarketBatch {
        do {
            return try attempt(batch, participants, isCareful: false)
        } catch let error as DatabaseError {
            guard error.code == .serverError, connection.connection.isOpen else { throw error }
            switch error.sqlState {
            case .uniqueViolation?:
                return try attempt(batch, participants, isCareful: true)
            case .checkViolation? where error.server?.constraint == nil:
                parts.forget()
                try ensureParts(batch)
                return try attempt(batch, participants, isCareful: true)
            default:
                throw error
            }
        }
    }

    private func attempt(
        _ batch: MarketBatch, _ participants: [any CommitParticipant], isCareful: Bool
    ) throws -> MarketBatch {
        do {
            let accepted = try connection.transaction(Self.mode) { connection in
                let accepted = MarketBatch(
                    trades: try write(batch.trades, by: trades, isCareful),
                    tickers: try write(batch.tickers, by: tickers, isCareful),
                    orderBooks: try write(batch.orderBooks, by: orderBooks, isCareful))
                for participant in participants { try participant.takePart(in: connection, with: accepted) }
                return accepted
            }
            for participant in participants { participant.didCommit() }
            return accepted
        } catch {
            for participant in participants { participant.didNotCommit() }
            throw error
        }
    }

    private func write<Row>(_ rows: [Row], by writer: TableWriter<Row>, _ isCareful: Bool) throws -> [Row] {
        if rows.isEmpty { return [] }
        guard isCareful else {
            try writer.copy(rows, on: connection)
            return rows
        }
        return try writer.insertNew(rows, on: connection).map { rows[$0] }
    }

    private func screen<Row: StoredRow>(
        _ rows: [Row], _ table: TimeTable, _ now: Instant
    ) throws -> ([Row], [RejectedRow<Row>]) {
        let bounds = TimeBounds(try settings(of: table), now: now)
        guard rows.contains(where: { bounds.fault(of: $0.time) != nil }) else { return (rows, []) }
        var accepted: [Row] = []
        var rejected: [RejectedRow<Row>] = []
        for row in rows {
            if let fault = bounds.fault(of: row.time) {
                rejected.append(RejectedRow(row: row, fault: fault))
            } else {
                accepted.append(row)
            }
        }
        return (accepted, rejected)
    }

    private mutating func ensureParts(_ batch: MarketBatch) throws {
        try parts.ensure(batch.trades.lazy.map(\.time), in: settings(of: .transactions), on: connection)
        try parts.ensure(batch.tickers.lazy.map(\.time), in: settings(of: .tickers), on: connection)
        try parts.ensure(batch.orderBooks.lazy.map(\.time), in: settings(of: .orderbooks), on: connection)
    }

    private func settings(of table: TimeTable) throws -> TimeTableSettings {
        if let found = settings[table] { return found }
        throw StorageError(
            .unexpected, "the table \(table.name) is not in ops.time_tables", place: "ops.time_tables",
            remedy: "Run `yeoul db status`")
    }
}
