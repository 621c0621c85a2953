import Market

/// All that policies and upkeep decide from, read from the database at one time.
package struct CatalogFacts: Sendable {
    package var engine: EngineAbilities
    package var timeTables: [String: TimeTableFacts]
    /// The columns of each plain table.
    package var plainTables: [String: [String]]
    package var aggregates: [AggregateFacts]
    /// Those that are not paused.
    package var failedJobs: [FailedJob] = []
    package var needs: [Need]

    package init(
        engine: EngineAbilities, timeTables: [String: TimeTableFacts] = [:],
        plainTables: [String: [String]] = [:],
        aggregates: [AggregateFacts] = [], needs: [Need] = []
    ) {
        self.engine = engine
        self.timeTables = timeTables
        self.plainTables = plainTables
        self.aggregates = aggregates
        self.needs = needs
    }

    /// The first need that a chunk of `table` with this range serves.
    package func need(of table: String, in range: Range<Instant>) -> Need? {
        needs.first { $0.table == table && $0.range.overlaps(range) }
    }
}
