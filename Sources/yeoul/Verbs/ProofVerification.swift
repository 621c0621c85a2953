import Capture
import Configuration
import Database
import Foundation
import Market
import Storage

/// `yeoul verify` without a ledger: how the stored trades compare with the exchange's own figures.
enum ProofVerification {
    static let options = [
        OptionDeclaration("since", .text("TIME"), "A time, or how long ago: 12h, 7d; 24h unless given"),
        OptionDeclaration("market", .text("MARKET"), "Only this one"),
    ]

    static func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let since = try TimeArgument.instant(invocation.text("since") ?? "24h", of: "verify", now: now)
        let symbol = try invocation.text("market").map { try MarketArgument.symbol($0, of: "verify") }
        let report = try await OwnerDatabase.withSchema(configuration) { database in
            let connection = try await Connection.connect(database.options)
            defer { try? connection.close() }
            return ProofReport(
                since: since,
                ranges: try await ReconciliationTable.list(since: since, symbol: symbol, on: connection),
                drifts: try await ReconciliationTable.drifts(
                    since: since, now: now, symbol: symbol, on: connection),
                gaps: try await GapTable.list(
                    since: since, symbol: symbol, status: nil, limit: GapTable.rowsMax, on: connection))
        }
        try invocation.output.write(invocation.wantsJSON ? report.json : report.text)
        if !report.isSound {
            throw ProgramError(
                report.summary, remedy: "yeoul refill fetches a time again; the log says what was tried.")
        }
    }
}
