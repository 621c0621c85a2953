import Foundation

/// What `StatusQueries.now` returns, for who computes with it.
package struct DatabaseStatus: Sendable, Equatable, Codable {
    package struct Proof: Sendable, Equatable, Codable {
        package var method: String
        package var checkedSeconds: Double
        package var provenSeconds: Double
        package var different: Int
        package var newestAt: String?

        /// The proven part, 0 to 1; nil when nothing was checked.
        package var fraction: Double? { checkedSeconds > 0 ? provenSeconds / checkedSeconds : nil }
    }

    package struct Role: Sendable, Equatable, Codable {
        package var role: String
        package var host: String
        package var state: String
        package var updatedAt: String
        package var stale: Bool
    }

    package var time: String
    package var exchange: String
    package var simulated: Bool
    package var engine: String
    package var schemaVersion: Int
    /// live, stale or empty.
    package var freshness: String
    package var newestTradeAt: String?
    package var newestTradeAgeSeconds: Double?
    package var tradesPerSecond: Double
    package var latencyP50Milliseconds: Double?
    package var latencyP99Milliseconds: Double?
    package var markets: Int
    package var openGaps: Int
    package var unfillableGaps: Int
    package var openRepairs: Int
    package var proof: [Proof]
    package var journalCommittedAt: String?
    package var roles: [Role]

    package init(json: String) throws(OperationsError) {
        self = try JSONReading.value(json)
    }
}

/// What `StatusQueries.sizes` returns.
package struct DatabaseSizes: Sendable, Equatable, Codable {
    package struct Table: Sendable, Equatable, Codable {
        package var table: String
        package var parts: Int
        package var bytes: Int64
    }

    package struct Policy: Sendable, Equatable, Codable {
        package var table: String
        package var policy: String
        package var scheduled: Bool
        package var lastRunAt: String?
        package var lastRun: String?
    }

    package var databaseBytes: Int64
    package var compressionRatio: Double?
    package var tables: [Table]
    package var policies: [Policy]

    package init(json: String) throws(OperationsError) {
        self = try JSONReading.value(json)
    }
}

enum JSONReading {
    static func value<Value: Decodable>(_ json: String) throws(OperationsError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Value.self, from: Data(json.utf8))
        } catch {
            throw OperationsError(
                .statusFile, "the database's status is not as this program expects it: \(error)",
                remedy: "Run `yeoul db status`: the schema may be older or newer than the program")
        }
    }
}
