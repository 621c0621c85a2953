import Capture
import Database
import Derivation
import Foundation
import Journal
import Network
import TestKit

/// Rows a second from a full journal, with derivation on and off, in turns: trade frames only, 250 markets,
/// 11 timeframes.
struct DeriveBenchmark {
    private static let trades = 600_000
    private static let rounds = 7

    let server: ScratchServer

    /// How fast it is with derivation, of how fast it is without: the median of the rounds' ratios, for what
    /// disturbs a round disturbs both halves of it.
    func run() async throws -> Double {
        let folder = try TemporaryFolder(named: "yeoul-bench")
        let options = try server.options(database: "capture")
        let connection = try await Connection.connect(options)
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        try fill(journal)
        var rates: [Bool: [Double]] = [false: [], true: []]
        for round in 0..<Self.rounds {
            // Which one begins changes: the second finds the machine warmer, and the disk fuller.
            for isDeriving in round % 2 == 0 ? [false, true] : [true, false] {
                try await DerivedTables.empty(connection)
                let line = try CaptureLine(journal, options, folder: folder) { time in
                    isDeriving ? [Derivation(try DerivationSettings()) { time.now }] : []
                }
                // To claim the lease and to connect is no part of draining.
                while !line.figures.value.isStoring { usleep(200) }
                let began = Monotonic.nanoseconds()
                try line.wait(trades: Self.trades)
                let seconds = Double(Monotonic.nanoseconds() - began) / 1e9
                rates[isDeriving, default: []].append(Double(Self.trades) / seconds)
                line.stop()
            }
        }
        journal.close()
        try connection.close()
        return told(off: rates[false, default: []], on: rates[true, default: []])
    }

    /// As lively as the exchange at its worst, 2,000 trades a second, received ten minutes ago: a backlog.
    private func fill(_ journal: Journal) throws {
        let now = JournalTime.now()
        for id in 0..<Int64(Self.trades) {
            let agoMilliseconds = 600_000 - id / 2
            let bytes = Array(message(id, now.unixMicroseconds / 1_000 - agoMilliseconds).utf8)
            let received = JournalTime(
                monotonicNanoseconds: now.monotonicNanoseconds - (agoMilliseconds - 45) * 1_000_000,
                unixMicroseconds: now.unixMicroseconds - (agoMilliseconds - 45) * 1_000)
            while case .full = journal.append(
                kind: .webSocket, connection: 0, time: received, payload: bytes)
            { usleep(500) }
        }
        while journal.figures.syncedThrough < UInt64(Self.trades) { usleep(1_000) }
    }

    private func told(off: [Double], on: [Double]) -> Double {
        let ratios = zip(on, off).map { $0 / $1 }.sorted()
        let ratio = ratios[Self.rounds / 2]
        func text(_ rates: [Double]) -> String {
            String(
                format: "%.0f k rows/s (%.0f to %.0f)", rates.sorted()[rates.count / 2] / 1e3,
                (rates.min() ?? 0) / 1e3, (rates.max() ?? 0) / 1e3)
        }
        print(
            "drain of \(Self.trades) trade frames: derivation off \(text(off)), on \(text(on)), "
                + String(
                    format: "ratio %.2f (%.2f to %.2f)", ratio, ratios.first ?? 0, ratios.last ?? 0))
        return ratio
    }
}
