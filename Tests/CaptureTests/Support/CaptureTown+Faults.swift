import Foundation
import TestKit
import Testing

/// What is done to the processes of a town, and what must hold afterwards.
extension CaptureTown {
    /// kill -9 of the server's first process; returns when all of it is gone.
    func killServer() async throws {
        let file = try String(contentsOfFile: server.folder + "/data/postmaster.pid", encoding: .utf8)
        guard let first = file.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw TownError(text: "the server's file names no process: \(file)")
        }
        let children =
            (try? String(contentsOfFile: "/proc/\(first)/task/\(first)/children", encoding: .utf8)) ?? ""
        let all = [first] + children.split(separator: " ").compactMap { Int32($0) }
        kill(first, SIGKILL)
        // They leave by themselves when they see that it is gone.
        let isGone = try await Self.eventually(seconds: 60) {
            all.allSatisfy {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/exe")) == nil
            }
        }
        guard isGone else { throw TownError(text: "the server does not end with its first process") }
        // A zombie, which nobody waits for in some containers, counts as a running server for the next one.
        let isForgotten = try await Self.eventually(seconds: 5) { kill(first, 0) != 0 }
        if !isForgotten { try FileManager.default.removeItem(atPath: server.folder + "/data/postmaster.pid") }
    }

    func restartKilledServer() async throws {
        try await killServer()
        try await server.start()
    }

    /// Waits until so many more trades are stored than now.
    func storesMore(_ trades: Int, seconds: Int = 60) async throws -> Bool {
        let before = try await storedNow()
        return try await Self.eventually(seconds: seconds) { try await self.count() > before + trades }
    }

    private func storedNow() async throws -> Int {
        for _ in 0..<100 {
            if let count = try? await count() { return count }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await count()
    }

    /// Ends the exchange, then this capture, which must have drained its journal; then nothing may be missing,
    /// stored twice or stored otherwise, and what is derived equals the trades. Prints what was counted.
    func settle(
        _ capture: CaptureProcess, _ what: String, journals: [String?] = [nil],
        location: SourceLocation = #_sourceLocation
    ) async throws {
        exchange.signal(SIGTERM)
        #expect(try await exchange.status(seconds: 60) == 0, sourceLocation: location)
        let isDrained = try await Self.eventually(seconds: 60) { try await self.isQuiet() }
        #expect(isDrained, "rows still come after a minute", sourceLocation: location)
        capture.signal(SIGTERM)
        let output = { capture.output.suffix(4_000) }
        #expect(try await capture.status(seconds: 60) == 0, "\(output())", sourceLocation: location)
        #expect(
            capture.output.contains("nothing is left in the journal"), "\(output())", sourceLocation: location
        )
        for journal in journals {
            let result = try await verify(journal: journal)
            #expect(result.status == 0, "\(result.output) \(result.errors)", sourceLocation: location)
            print("▸ \(what): \(result.output.prefix { $0 != "[" })")
        }
        try await checkDerived(what, location: location)
    }

    /// Candles and indicators are those of the stored trades, and no repair is left open.
    func checkDerived(_ what: String, location: SourceLocation = #_sourceLocation) async throws {
        let result = try await verify(["--derived"])
        let report = result.output
        #expect(result.status == 0, "\(report.prefix(2_000)) \(result.errors)", sourceLocation: location)
        #expect(report.contains("\"under_repair\":[]"), "\(report.prefix(2_000))", sourceLocation: location)
        // Seconds have closed.
        #expect(
            report.contains("\"indicators\":") && !report.contains("\"indicators\":0,"),
            "\(report.prefix(2_000))", sourceLocation: location)
        print("▸ \(what): \(report.prefix { $0 != "[" })")
    }

    /// Whether nothing was stored for a second.
    private func isQuiet() async throws -> Bool {
        let before = try await count()
        try await Task.sleep(for: .seconds(1))
        return try await count() == before
    }
}
