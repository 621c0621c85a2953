import Database
import Foundation
import Market
import Storage
import TestKit
import Testing
import yeoul

/// `gaps` and `refill`, run as the built program on a database of their own.
@Suite struct ProofVerbTests {
    private struct Place {
        let scratch: ScratchDatabase
        let connection: Connection
        let environment: [String: String]
        let folder: TemporaryFolder

        func yeoul(_ words: String...) async throws -> (status: Int32, output: String, errors: String) {
            let result = try await YeoulProgram.run(
                words + ["--data-folder", folder.path], environment: environment, folder: folder.path)
            return (result.status, result.output, result.errors)
        }
    }

    private let symbol: Symbol
    private let hour: Range<Instant>

    init() throws {
        symbol = try Symbol("KRW-BTC")
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let start = Timeframe.hour1.start(of: now.adding(seconds: -7_200))
        hour = start..<start.adding(seconds: 3_600)
    }

    private func place() async throws -> Place {
        let scratch = try await ScratchDatabase.make()
        _ = try await Migrator(
            scratch.options, instance: Instance(exchange: "upbit", isSimulated: true, dataFolderID: "t"),
            engine: .native, program: "test", set: .embedded()
        ).migrate()
        let server = scratch.server
        let url =
            "postgresql://\(ScratchServer.user)@/\(scratch.name)?host=\(server.folder)&port=\(server.port)"
        let folder = try TemporaryFolder(named: "yeoul data")
        return Place(
            scratch: scratch, connection: try await scratch.connect(),
            environment: ["HOME": folder.path, "DATABASE_URL": url], folder: folder)
    }

    @Test func gapsAreListedAndARefillOpensOne() async throws {
        let place = try await place()
        #expect(try await place.yeoul("gaps").output.hasPrefix("No gap since"))
        let opened = try await place.yeoul(
            "refill", "--market", "KRW-BTC", "--from", hour.lowerBound.description, "--to",
            hour.upperBound.description, "--no-wait")
        #expect(opened.status == 0, "\(opened)")
        let gaps = try await GapTable.open(on: place.connection)
        #expect(gaps.map(\.interval) == [hour] && gaps.map(\.reason) == ["manual"])
        let listed = try await place.yeoul("gaps", "--status", "open")
        #expect(listed.output.contains("KRW-BTC  trade  open  0 trades  manual"), "\(listed)")
        let json = try await place.yeoul("gaps", "--json")
        #expect(json.output.contains("\"status\":\"open\",\"reason\":\"manual\",\"trades_filled\":0"))
        #expect(try await place.yeoul("refill", "--market", "KRW-BTC").status == 2)
        #expect(
            try await place.yeoul("refill", "--market", "KRW-BTC", "--from", "1h", "--to", "2h").status == 2)
    }
}
