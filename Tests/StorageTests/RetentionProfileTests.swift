import Diagnostics
import Storage
import Testing

@Suite struct RetentionProfileTests {
    private static let sound = """
        profile: mine
        about: For the test.
        time_tables:
          transactions: {chunk: 1d, compress_after: 8d, drop_after: 30d, archive: yes, segment_by: [symbol], order_by: [time, sequential_id desc], index_after: 8d}
          tickers: {chunk: 1d, compress_after: never, drop_after: 8d}
          orderbooks: {chunk: 12h, compress_after: never, drop_after: 9d}
          candles_seconds: {chunk: 1d, compress_after: never, drop_after: 30d}
          candles_intraday: {chunk: 7d, compress_after: never, drop_after: 400d}
          candles_long: {chunk: 10y, compress_after: never, drop_after: never}
          technical_indicators_seconds: {chunk: 1d, compress_after: never, drop_after: 30d}
          technical_indicators_intraday: {chunk: 7d, compress_after: never, drop_after: 400d}
          technical_indicators_long: {chunk: 10y, compress_after: never, drop_after: never}
        statistics: {order_flow_1m: 30d, order_flow_1h: 1y, order_flow_1d: never, spread_1m: 30d, depth: 11d}
        plain_tables:
          markets: keep
          latest_indicators: keep
          gaps: {time: to_time, prune_after: 400d, only: {status: [filled, unfillable]}}
          reconciliations: keep
          repairs: keep
          indicator_states: keep
          instance: keep
          schema_migrations: keep
          schema_objects: keep
          skipped_steps: keep
          time_tables: keep
          journal_positions: {time: committed_at, prune_after: 1d, keep_newest: 100, per: [shard]}
          leases: keep
          rate_budgets: keep
          role_status: keep
          system_logs: keep
          bot_config: keep
          bot_status: keep
          audit_log: keep
        """

    private func read(_ text: String) throws(StorageError) -> RetentionProfile {
        try RetentionReader.profile(parsing: Array(text.utf8), file: "mine.yaml")
    }

    private func refusal(_ old: String, _ new: String) -> StorageError? {
        #expect(Self.sound.contains(old))
        let text = String(Self.sound.replacing(old, with: new))
        return #expect(throws: StorageError.self) { try read(text) }
    }

    @Test func aSoundProfileIsReadAsWritten() throws {
        let profile = try read(Self.sound)
        #expect(profile.name == "mine")
        let trades = try #require(profile.timeTable("transactions"))
        #expect(trades.chunk == .days(1) && trades.compressAfter == .days(8) && trades.dropAfter == .days(30))
        #expect(trades.isArchived && trades.segmentBy == ["symbol"] && trades.indexAfter == .days(8))
        #expect(trades.orderBy == [.init("time"), .init("sequential_id", isDescending: true)])
        #expect(profile.timeTable("candles_long")?.dropAfter == nil)
        #expect(profile.statistics.first == StatisticPolicy(name: "order_flow_1m", dropAfter: .days(30)))
        #expect(profile.statistics[2].dropAfter == nil)
        #expect(profile.timeTable("orderbooks")?.chunk == .hours(12))
        #expect(
            profile.pruneRules == [
                PruneRule(
                    table: "gaps", timeColumn: "to_time", after: .days(400),
                    only: [.init(column: "status", values: ["filled", "unfillable"])]),
                PruneRule(
                    table: "journal_positions", timeColumn: "committed_at", after: .days(1), keepNewest: 100,
                    groupColumns: ["shard"]),
            ])
    }

    @Test(arguments: ["default", "year", "small", "forever"])
    func theShippedProfileIsSound(_ name: String) throws {
        let profile = try RetentionProfiles.named(name)
        #expect(profile.name == name)
        #expect(profile.timeTables.map(\.table) == PolicyTables.time)
        #expect(profile.statistics.map(\.name) == PolicyTables.statistics)
        #expect(Set(profile.plainTables.keys) == Set(PolicyTables.plain.keys))
    }

    @Test func theShippedProfilesSayWhatIsPromised() throws {
        let standard = try RetentionProfiles.named("default")
        for raw in ["transactions", "tickers", "orderbooks"] {
            #expect(standard.timeTable(raw)?.dropAfter == .days(30))
        }
        for family in ["candles", "technical_indicators"] {
            #expect(try #require(standard.timeTable("\(family)_intraday")?.dropAfter) >= .days(400))
            #expect(standard.timeTable("\(family)_long")?.dropAfter == nil)
        }
        let year = try RetentionProfiles.named("year")
        #expect(year.timeTable("transactions")?.compressAfter == .days(8))
        #expect(year.timeTable("candles_intraday")?.compressAfter == .days(7))
        #expect(year.timeTable("transactions")?.dropAfter == .days(365))
        let forever = try RetentionProfiles.named("forever")
        #expect(forever.timeTables.allSatisfy { $0.dropAfter == nil })
    }

    @Test func anUnknownProfileIsRefusedWithANearName() {
        let error = #expect(throws: StorageError.self) { try RetentionProfiles.named("defualt") }
        #expect(error?.remedy?.contains("default") == true)
    }

    @Test func aMisspelledKeyIsRefusedWithItsLineAndTheRightOne() {
        let error = refusal("compress_after: 8d", "compres_after: 8d")
        #expect(error?.what.contains("compres_after") == true)
        #expect(error?.what.contains("Did you mean compress_after?") == true)
        #expect(error?.what.contains("mine.yaml:4:") == true)
    }

    @Test func allFaultsAreToldAtOnce() {
        let text = Self.sound.replacing(
            "drop_after: 30d, archive: yes", with: "drop_after: soon, archive: maybe"
        )
        .replacing("markets: keep", with: "markets: drop")
        let error = #expect(throws: StorageError.self) { try read(String(text)) }
        #expect(error?.what.contains("3 faults") == true)
        #expect(error?.what.contains("\"soon\" is not a length of time") == true)
        #expect(error?.what.contains("yes or no") == true)
        #expect(error?.what.contains("\"drop\" is no policy") == true)
    }

    @Test(arguments: [
        (
            "drop_after: 30d, archive: yes", "drop_after: 7d, archive: yes",
            "so that trades can be refilled"
        ),
        ("compress_after: 8d", "compress_after: 7d", "may still change"),
        ("drop_after: 30d, archive: yes", "drop_after: never, archive: yes", "none ever is"),
        ("chunk: 12h", "chunk: 30m", "out of bounds"),
        ("chunk: 12h", "chunk: 2w", "shorter than a chunk"),
        (
            "chunk: 7d, compress_after: never, drop_after: 400d",
            "chunk: 7d, compress_after: never, drop_after: 38d",
            "less than a month needs"
        ),
        ("segment_by: [symbol], ", "", "needs segment_by"),
        ("order_by: [time, sequential_id desc]", "order_by: [time, symbol]", "stands twice"),
        (
            "  candles_long: {chunk: 10y, compress_after: never, drop_after: never}\n", "",
            "no policy for candles_long"
        ),
        ("keep_newest: 100, ", "", "per makes groups"),
        ("drop_after: 9d", "drop_after: -2d", "not a length of time"),
        ("about: For the test.\n", "", "the profile has no about"),
        ("depth: 11d", "depth: 10d", "within what the statistics are refreshed for"),
        (", depth: 11d", "", "no policy for depth"),
        ("depth: 11d", "depht: 11d", "Did you mean depth?"),
    ])
    func whatMayNotBeIsRefused(_ old: String, _ new: String, _ reason: String) {
        #expect(refusal(old, new)?.description.contains(reason) == true)
    }

    @Test func indicatorsMayNotOutliveTheirCandles() {
        let error = refusal(
            "candles_seconds: {chunk: 1d, compress_after: never, drop_after: 30d}",
            "candles_seconds: {chunk: 1d, compress_after: never, drop_after: 20d}")
        #expect(error?.what.contains("technical_indicators_seconds outlives candles_seconds") == true)
        #expect(error?.place == "mine.yaml:10:80")
    }

    @Test(arguments: ["", "[]", "profile", "profile: [a]", "time_tables: 3", "a: b: c", "\u{0}"])
    func whatIsNoProfileIsRefusedWithoutATrap(_ text: String) {
        let error = #expect(throws: StorageError.self) { try read(text) }
        #expect(error?.code == .policy)
    }

    @Test func spansAreReadAndPrintedInTheirLargestUnit() {
        #expect(TimeSpan("90s")?.description == "90s")
        #expect(TimeSpan("24h")?.description == "1d")
        #expect(TimeSpan("2w")?.interval == "14 days")
        #expect(TimeSpan("10y")?.interval == "3650 days")
        #expect(TimeSpan("90m")?.interval == "5400 seconds")
        for bad in ["", "d", "0d", "-1d", "+1d", "1.5d", "1 d", "1x", "99999999999y", "٣d"] {
            #expect(TimeSpan(bad) == nil, "\(bad)")
        }
    }
}
