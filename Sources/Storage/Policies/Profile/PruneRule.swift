/// Which rows of a plain table are deleted as they grow old.
package struct PruneRule: Hashable, Sendable {
    package struct Condition: Hashable, Sendable {
        package var column: String
        /// The row is deleted only when its column holds one of these.
        package var values: [String]

        package init(column: String, values: [String]) {
            self.column = column
            self.values = values
        }
    }

    package var table: String
    /// The column that says how old a row is. A row without a value there stays.
    package var timeColumn: String
    package var after: TimeSpan
    /// The newest rows of each group stay, however old they are.
    package var keepNewest: Int
    /// The columns that make the groups.
    package var groupColumns: [String]
    package var only: [Condition]

    package init(
        table: String, timeColumn: String, after: TimeSpan, keepNewest: Int = 0, groupColumns: [String] = [],
        only: [Condition] = []
    ) {
        self.table = table
        self.timeColumn = timeColumn
        self.after = after
        self.keepNewest = keepNewest
        self.groupColumns = groupColumns
        self.only = only
    }

    package var columns: [String] { [timeColumn] + groupColumns + only.map(\.column) }
}
