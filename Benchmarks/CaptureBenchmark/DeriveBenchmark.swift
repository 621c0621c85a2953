import Capture
import Database
import Derivation
import Foundation
import Journal
import Network
import TestKit

/// Rows a second from a full journal, with derivation on and off: trade frames only, 250 markets, 11 timeframes.
struct DeriveBenchmark {
    private static let trades = 200_000
    private static let rounds = 3

    let server: ScratchServer

    /// How fast it is with derivation, of how fast it is without.
    func run() async throws -> Double {
        let folder = try TemporaryFolder(named: "yeoul-bench")
        let options = try server.options(database: "capture")
        let connection = try await Connection.connect(options)
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        for id in 0..<Int64(Self.trades) {
            // As lively as the exchange at its worst: 2,000 trades a second.
            let bytes = Array(message(id, now - 600_000 + id / 2).utf8)
            while case .full = journal.append(
                kind: .webSocket, connection: 0, time: .now(), payload: bytes)
            { usleep(500) }
        }
        while journal.figures.syncedThrough < UInt64(Self.trades) { usleep(1_000) }
        var rates: [Bool: [Double]] = [:]
        for _ in 0..<Self.rounds {
            for isDeriving in [false, true] {
                try await DerivedTables.empty(connection)
                let began = Monotonic.nanoseconds()
                let line = try CaptureLine(journal, options, folder: folder) { time in
                    isDeriving ? [Derivation(try DerivationSettings()) { time.now }] : []
                }
                try line.wait(trades: Self.trades)
                let seconds = Double(Monotonic.nanoseconds() - began) / 1e9
                rates[isDeriving, default: []].append(Double(Self.trades) / seconds)
                line.stop()
            }
        }
        journal.close()
        try connection.close()
        func text(_ rates: [Double]) -> String {
            String(
                format: "%.0f k rows/s (%.0f to %.0f)", rates.sorted()[rates.count / 2] / 1e3,
                (rates.min() ?? 0) / 1e3, (rates.max() ?? 0) / 1e3)
        }
        guard let off = rates[false], let on = rates[true] else { return 0 }
        let ratio = on.sorted()[Self.rounds / 2] / off.sorted()[Self.rounds / 2]
        print(
            "drain of \(Self.trades) trade frames: derivation off \(text(off)), on \(text(on)), "
                + String(format: "ratio %.2f", ratio))
        return ratio
    }
}
