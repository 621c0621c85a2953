import Database
import Foundation
import Synchronization
import TestKit

/// `psql` with one \copy a batch.
struct Reference: Sendable {
    let server: ScratchServer
    let script: String

    func run() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: server.programs + "/psql")
        process.arguments = [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.folder, "-p", "\(server.port)", "-U",
            ScratchServer.user,
            "-d", "postgres", "-f", script,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "psql failed") }
    }
}

/// Our connection with one COPY a batch, in both its forms.
struct Writer: Sendable {
    let options: ConnectionOptions
    let trades: [Trade]

    func runBlocking() async throws {
        let connection = try BlockingConnection.connect(options)
        let table = try CopyTable(table: "transactions", columns: Trade.columns)
        for start in stride(from: 0, to: trades.count, by: CopyBenchmark.batchRows) {
            try connection.copyIn(table) { copy in
                for trade in trades[start..<(start + CopyBenchmark.batchRows)] {
                    trade.write(to: &copy.row)
                    try copy.flushIfFull()
                }
            }
        }
        try connection.close()
    }

    func runAsync() async throws {
        let connection = try await Connection.connect(options)
        let table = try CopyTable(table: "transactions", columns: Trade.columns)
        for start in stride(from: 0, to: trades.count, by: CopyBenchmark.batchRows) {
            try await connection.copyIn(table) { copy in
                for trade in trades[start..<(start + CopyBenchmark.batchRows)] {
                    trade.write(to: &copy.row)
                    try await copy.flushIfFull()
                }
            }
        }
        try connection.close()
    }
}

/// What the first run wrote, which every other must have written too.
final class ExpectedContent: Sendable {
    private let content = Mutex<String?>(nil)

    func match(_ found: String) -> Bool {
        content.withLock { content in
            if content == nil { content = found }
            return content == found
        }
    }
}
