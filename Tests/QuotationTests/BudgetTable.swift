import Database
import Foundation
import TestKit

/// A database with the table of the budgets, as the migration makes it.
struct BudgetTable {
    let options: ConnectionOptions
    /// Kept alive.
    private let scratch: ScratchDatabase?

    static func make() async throws -> BudgetTable {
        let scratch = try await ScratchDatabase.make()
        let table = BudgetTable(options: try scratch.options, scratch: scratch)
        try await table.create()
        return table
    }

    /// In a server of the test's own.
    static func make(in server: ScratchServer) async throws -> BudgetTable {
        let table = BudgetTable(options: try server.options(), scratch: nil)
        try await table.create()
        return table
    }

    func execute(_ script: String) async throws {
        let connection = try await Connection.connect(options)
        try await connection.execute(script)
        try connection.close()
    }

    func number(_ sql: String) async throws -> Int {
        let connection = try await Connection.connect(options)
        defer { try? connection.close() }
        return try await connection.query(sql).single().value(0)
    }

    private func create() async throws {
        let migration = try Repository.text(of: "sql/0012_rate_budgets.up.sql")
        let begin = migration.range(of: "CREATE TABLE")?.lowerBound ?? migration.startIndex
        let end = migration.range(of: ";", range: begin..<migration.endIndex)?.upperBound
        try await execute("CREATE SCHEMA ops; " + migration[begin..<(end ?? migration.endIndex)])
    }
}
