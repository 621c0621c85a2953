import Database
import Foundation
import Market
import Storage
import TestKit
import Testing
import yeoul

/// `verify`, `gaps` and `refill`, run as the built program on a database of their own.
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

    /// Ten trades of the hour, and a row that says they are proven.
    private func prove(_ place: Place) async throws -> ReconciledRange {
        let now = hour.upperBound.adding(seconds: 3_600)
        let trades = (0..<10).map { index in
            let time = hour.lowerBound.adding(seconds: Int64(index) * 300)
            return Trade(
                time: time, symbol: symbol, sequentialID: Int64(index), price: Decimal8(1_000),
                volume: Decimal8(2), side: .buy, receivedAt: time)
        }
        var writer = try MarketWriter(place.connection.blocking)
        _ = try writer.commit(MarketBatch(trades: trades), now: now)
        let figures = TradeFigures(volume: Decimal16(20), value: Decimal16(20_000))
        let range = ReconciledRange(symbol, .candle, hour, .proven, ours: figures, exchange: figures)
        try await ReconciliationTable.write([range], on: place.connection)
        return range
    }

    @Test func aDatabaseWithoutOurTablesAndALedgerWithoutTradesAreRefused() async throws {
        let place = try await place()
        let empty = try place.folder.write("", to: "empty.ledger")
        let proof = try await place.yeoul("verify", "--ledger", empty)
        #expect(proof.status == 1 && proof.errors.contains("proves nothing"), "\(proof)")
        try await place.connection.execute("DROP SCHEMA ops CASCADE")
        for verb in [
            ["gaps"], ["verify"], ["verify", "--derived"], ["refill", "--market", "KRW-BTC", "--from", "1h"],
        ] {
            let result = try await YeoulProgram.run(
                verb + ["--data-folder", place.folder.path], environment: place.environment,
                folder: place.folder.path)
            #expect(result.status == 4 && result.errors.contains("Run `yeoul db migrate`"), "\(result)")
        }
    }

    /// What was traded before the capture began is told, and is no loss.
    @Test func theTimeBeforeTheCaptureIsNoGapThatCannotBeFilled() async throws {
        let place = try await place()
        _ = try await prove(place)
        try await GapTable.write(
            [Gap(symbol, hour, reason: Gap.Reason.beforeCapture, status: .unfillable)], on: place.connection)
        #expect(try await ProofAccount.read(place.scratch.options).gapsUnfillable == 0)
        let calm = try await place.yeoul("verify")
        #expect(calm.output.contains("Of 1 markets the capture began in this time"), "\(calm)")
        #expect(!calm.output.contains("cannot be filled"), "\(calm)")
        let lost = Gap(
            try Symbol("KRW-ETH"), hour, reason: Gap.Reason.lost, status: .unfillable)
        try await GapTable.write([lost], on: place.connection)
        #expect(try await ProofAccount.read(place.scratch.options).gapsUnfillable == 1)
        let loss = try await place.yeoul("verify")
        #expect(loss.output.contains("1 gaps that cannot be filled"), "\(loss)")
    }

    @Test func verifyIsContentWithWhatIsProvenAndStillThere() async throws {
        let place = try await place()
        let nothing = try await place.yeoul("verify")
        #expect(nothing.status == 0 && nothing.output.contains("Nothing was compared"), "\(nothing)")
        _ = try await prove(place)
        let text = try await place.yeoul("verify", "--since", "1d")
        #expect(text.status == 0 && text.output.contains("KRW-BTC       candle  1h 0m"), "\(text)")
        #expect(text.output.contains("Nothing differs from the exchange's figures."))
        let json = try await place.yeoul("verify", "--json", "--market", "KRW-BTC")
        #expect(json.status == 0 && json.output.contains("\"sound\":true"), "\(json)")
        #expect(json.output.contains("\"proven\":{\"ranges\":1,\"seconds\":3600}"))
        #expect(try await place.yeoul("verify", "--since", "yesterday").status == 2)
    }

    @Test func verifyFindsARowThatWasDeletedOrChangedAfterItWasProven() async throws {
        let place = try await place()
        _ = try await prove(place)
        try await place.connection.execute("DELETE FROM market.transactions WHERE sequential_id = 3")
        let deleted = try await place.yeoul("verify")
        #expect(deleted.status == 1 && deleted.output.contains("1 changed since it was proven"), "\(deleted)")
        #expect(deleted.output.contains("volume 20 when proven, 18 now"))
        let json = try await place.yeoul("verify", "--json")
        #expect(json.status == 1 && json.output.contains("\"sound\":false"))
    }

    @Test func verifyFailsOnADifferenceAndNamesTheWorst() async throws {
        let place = try await place()
        var range = try await prove(place)
        range.status = .different
        range.interval = hour.upperBound..<hour.upperBound.adding(seconds: 60)
        range.exchange = TradeFigures(volume: Decimal16(21), value: Decimal16(21_000))
        range.attempts = 3
        try await ReconciliationTable.write([range], on: place.connection)
        let found = try await place.yeoul("verify")
        #expect(found.status == 1, "\(found)")
        #expect(found.output.contains("ours less theirs is -1 in volume, -1000 in value, 3 repairs"))
        #expect(found.errors.contains("1 ranges differ"))
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
