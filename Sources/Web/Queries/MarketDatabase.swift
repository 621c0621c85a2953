import Database
import Network
import Operations
import Storage

/// What the API and the stream ask of the database, through one pool, within a time.
package struct MarketDatabase: Sendable {
    /// A statement that takes longer is cancelled: a page waits no longer either.
    static let statementSecondsMax = 10
    /// Health must answer soon, also with no.
    static let healthSecondsMax = 2

    let pool: Pool
    let engine: EngineName
    let statusFolder: RoleStatusFolder

    package init(pool: Pool, engine: EngineName, statusFolder: RoleStatusFolder) {
        self.pool = pool
        self.engine = engine
        self.statusFolder = statusFolder
    }

    /// The one text that a statement returns; nil when it is NULL.
    func text(
        _ sql: String, _ parameters: [DatabaseValue] = [], seconds: Int = statementSecondsMax
    ) async throws -> String? {
        try await pool.withConnection { connection in
            // Planned with its values, so that only the partitions of its range are opened.
            let result = try await connection.query(sql, parameters, within: .seconds(seconds))
            return try result.first.flatMap { try $0.optional("body", as: String.self) }
        }
    }

    /// Rows of (key, body).
    func bodies(_ sql: String, _ parameters: [DatabaseValue]) async throws -> [(String, String)] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                sql, parameters, within: .seconds(Self.statementSecondsMax))
            return try result.map { row in
                (try row.value("key", as: String.self), try row.value("body", as: String.self))
            }
        }
    }

    func status() async throws -> DatabaseStatus {
        try DatabaseStatus(json: try await statusText())
    }

    func statusText(seconds: Int = statementSecondsMax) async throws -> String {
        guard let text = try await text(StatusQueries.now, seconds: seconds) else {
            throw WebError(
                .request, "the database does not say what it holds", place: "ops.instance",
                remedy: "Run `yeoul db status`", status: 503)
        }
        return text
    }
}
