/// One file of `retention/`: what is kept, how, and for how long, for every table.
package struct RetentionProfile: Hashable, Sendable {
    package var name: String
    /// For whom the profile is, in a sentence.
    package var about: String
    /// In the order of the file.
    package var timeTables: [TimeTablePolicy]
    /// In the order of the file.
    package var statistics: [StatisticPolicy]
    package var plainTables: [String: PlainTablePolicy]

    package init(
        name: String, about: String, timeTables: [TimeTablePolicy], statistics: [StatisticPolicy],
        plainTables: [String: PlainTablePolicy]
    ) {
        self.name = name
        self.about = about
        self.timeTables = timeTables
        self.statistics = statistics
        self.plainTables = plainTables
    }

    package func timeTable(_ name: String) -> TimeTablePolicy? { timeTables.first { $0.table == name } }

    /// The rules for rows of plain tables, in a steady order.
    package var pruneRules: [PruneRule] {
        plainTables.sorted { $0.key < $1.key }.compactMap { entry in
            if case .prune(let rule) = entry.value { rule } else { nil }
        }
    }
}
