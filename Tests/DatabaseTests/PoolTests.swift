import Database
import TestKit
import Testing

@Suite struct PoolTests {
    private func settings(size: Int, overflow: Int) -> PoolSettings {
        var settings = PoolSettings()
        settings.size = size
        settings.overflow = overflow
        return settings
    }

    @Test func manyTasksShareFewConnections() async throws {
        let database = try await ScratchDatabase.make()
        let pool = Pool(try database.options, settings(size: 2, overflow: 1))
        let processes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    try await pool.withConnection { connection in
                        try await connection.query("SELECT pg_backend_pid()").single().value(0, as: Int.self)
                    }
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect((1...3).contains(processes.count))
        #expect(pool.counts.connections <= 2)
        pool.close()
        await #expect(throws: DatabaseError.self) { try await pool.withConnection { _ in } }
    }

    @Test func aTransactionLeftOpenIsRolledBack() async throws {
        let database = try await ScratchDatabase.make()
        let pool = Pool(try database.options, settings(size: 1, overflow: 0))
        try await pool.withConnection { connection in
            try await connection.execute("CREATE TABLE t (a int)")
            try await connection.execute("BEGIN; INSERT INTO t VALUES (1)")
        }
        let count = try await pool.withConnection { connection in
            #expect(try connection.transactionState() == .idle)
            return try await connection.query("SELECT count(*) FROM t").single().value(0, as: Int.self)
        }
        #expect(count == 0)
        pool.close()
    }

    @Test func aKilledConnectionIsReplaced() async throws {
        let database = try await ScratchDatabase.make()
        let pool = Pool(try database.options, settings(size: 1, overflow: 0))
        let other = try await database.connect()
        await #expect(throws: DatabaseError.self) {
            try await pool.withConnection { connection in
                try await other.query(
                    "SELECT pg_terminate_backend($1)", [.int32(try connection.backendProcess())])
                try await connection.query("SELECT 1")
            }
        }
        try await pool.withConnection { connection in try await connection.query("SELECT 1") }
        pool.close()
    }

    @Test func aServerThatGoesAndComesBackIsFoundAgain() async throws {
        let server = try await ScratchServer.start()
        let pool = Pool(try server.options(), settings(size: 2, overflow: 0))
        try await pool.withConnection { connection in try await connection.query("SELECT 1") }
        try await server.stop()
        let waiting = Task {
            // The idle connection breaks in the first use; the next ones wait for the server.
            for _ in 0..<3 {
                do {
                    return try await pool.withConnection { connection in
                        try await connection.query("SELECT 7").single().value(0, as: Int.self)
                    }
                } catch let error as DatabaseError where error.isTransient {
                    continue
                }
            }
            return 0
        }
        try await Task.sleep(for: .milliseconds(300))
        try await server.start()
        #expect(try await waiting.value == 7)
        pool.close()
    }

    @Test func aCancelledTaskStopsWaiting() async throws {
        let database = try await ScratchDatabase.make()
        let pool = Pool(try database.options, settings(size: 1, overflow: 0))
        try await pool.withConnection { _ in
            let waiter = Task { try await pool.withConnection { _ in } }
            try await Task.sleep(for: .milliseconds(50))
            waiter.cancel()
            let error = await #expect(throws: DatabaseError.self) { try await waiter.value }
            #expect(error?.code == .cancelled)
        }
        pool.close()
    }
}
