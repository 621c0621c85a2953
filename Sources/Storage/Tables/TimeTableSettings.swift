import Database
import Market

/// A row of `ops.time_tables`: what a writer must know of a time table.
package struct TimeTableSettings: Sendable, Equatable {
    package var table: TimeTable
    /// How much time a new partition or chunk covers.
    package var partMicroseconds: Int64
    /// How far back a time may be; nil takes everything since `TimeBounds.earliest`.
    package var acceptPastMicroseconds: Int64?

    package init(table: TimeTable, partMicroseconds: Int64, acceptPastMicroseconds: Int64?) {
        self.table = table
        self.partMicroseconds = partMicroseconds
        self.acceptPastMicroseconds = acceptPastMicroseconds
    }

    /// Tables that this program does not know are left out.
    package static func read(_ connection: BlockingConnection) throws -> [TimeTable: TimeTableSettings] {
        let rows = try connection.query(
            """
            SELECT table_name, (extract(epoch FROM part_length) * 1000000)::bigint AS part,
                (extract(epoch FROM accept_past) * 1000000)::bigint AS past
            FROM ops.time_tables
            """)
        var found: [TimeTable: TimeTableSettings] = [:]
        for row in rows {
            guard let table = TimeTable(rawValue: try row.value("table_name")) else { continue }
            found[table] = TimeTableSettings(
                table: table, partMicroseconds: try row.value("part"),
                acceptPastMicroseconds: try row.optional("past"))
        }
        return found
    }

    /// The start of the part that holds a time: parts are counted from Monday, 3 January 2000, UTC.
    package func partStart(of time: Instant) -> Instant {
        let rest = (time.microseconds - Self.originMicroseconds) % partMicroseconds
        return time.adding(microseconds: -(rest < 0 ? rest + partMicroseconds : rest))
    }

    private static let originMicroseconds: Int64 = 946_857_600_000_000
}
