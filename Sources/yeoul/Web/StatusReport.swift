import Configuration
import Database
import Operations
import Storage

/// Everything that `yeoul status` shows.
struct StatusReport: Sendable {
    struct Market: Sendable, Equatable {
        var symbol: String
        var candleAgeSeconds: Double?
        var indicatorAgeSeconds: Double?
        var tradesPerMinute: Int64?
        var openGaps: Int64
        var provenFraction: Double?
    }

    /// Nil: the database does not run.
    var status: DatabaseStatus?
    var sizes: DatabaseSizes?
    var markets: [Market] = []
    var roles: [RoleStatus]
    var nowUnixMilliseconds: Int64
    /// The parts as JSON, as they came.
    var parts: [String] = []

    static func read(
        _ configuration: Configuration, _ options: ConnectionOptions?, withMarkets: Bool,
        withSizes: Bool = true
    ) async throws -> StatusReport {
        var report = StatusReport(roles(configuration))
        guard let options else { return report }
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        guard let record = try await InstanceRecord.read(connection) else {
            throw StorageError(
                .olderSchema, "the database has no schema of Yeoul", place: options.place,
                remedy: "Run `yeoul db migrate`")
        }
        let now = try await connection.query(StatusQueries.now).single().value("body", as: String.self)
        report.status = try DatabaseStatus(json: now)
        report.parts.append("\"status\":\(now)")
        if withSizes {
            let sizes = try await connection.query(StatusQueries.sizes(record.engine)).single()
                .value("body", as: String.self)
            report.sizes = try DatabaseSizes(json: sizes)
            report.parts.append("\"sizes\":\(sizes)")
        }
        if withMarkets { report.markets = try await connection.query(StatusQueries.markets).map(market) }
        return report
    }

    private init(_ roles: [RoleStatus]) {
        self.roles = roles
        nowUnixMilliseconds = RolePublisher.nowUnixMilliseconds()
    }

    private static func roles(_ configuration: Configuration) -> [RoleStatus] {
        RoleStatusFolder(dataFolder: configuration.data.folder).read()
    }

    private static func market(_ row: Row) throws -> Market {
        Market(
            symbol: try row.value("symbol", as: String.self),
            candleAgeSeconds: try row.optional("candle_age_seconds", as: Double.self),
            indicatorAgeSeconds: try row.optional("indicator_age_seconds", as: Double.self),
            tradesPerMinute: try row.optional("trades_per_minute", as: Int64.self),
            openGaps: try row.value("open_gaps", as: Int64.self),
            provenFraction: try row.optional("proven_fraction", as: Double.self))
    }
}
