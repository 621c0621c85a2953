import Database
import Market
import Storage

/// Puts rows aside whose time cannot be, before they are committed: so that they are in quarantine before the
/// position moves past them.
struct TimeScreen {
    private let settings: [TimeTable: TimeTableSettings]

    init(_ connection: BlockingConnection) throws {
        settings = try TimeTableSettings.read(connection)
    }

    /// `now` is the exchange's time.
    func apply(to batch: inout PreparedBatch, now: Instant) {
        var aside: [QuarantineEntry] = []
        aside += split(&batch.market.trades, now) { QuarantineEntry.of($0, .wrongTime, $1) }
        aside += split(&batch.market.tickers, now) { QuarantineEntry.of($0, .wrongTime, $1) }
        aside += split(&batch.market.orderBooks, now) { QuarantineEntry.of($0, .wrongTime, $1) }
        for entry in aside { batch.putAside(entry, .wrongTime) }
    }

    private func split<Row: StoredRow>(
        _ rows: inout [Row], _ now: Instant, _ entry: (Row, String) -> QuarantineEntry
    ) -> [QuarantineEntry] {
        guard let table = rows.first?.table, let settings = settings[table] else { return [] }
        let bounds = TimeBounds(settings, now: now)
        guard rows.contains(where: { bounds.fault(of: $0.time) != nil }) else { return [] }
        var kept: [Row] = []
        var aside: [QuarantineEntry] = []
        for row in rows {
            if let fault = bounds.fault(of: row.time) {
                aside.append(entry(row, RejectedRow(row: row, fault: fault).error.what))
            } else {
                kept.append(row)
            }
        }
        rows = kept
        return aside
    }
}
