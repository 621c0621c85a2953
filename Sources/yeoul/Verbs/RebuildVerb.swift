import Configuration
import Database
import Derivation
import Foundation
import Market

/// `yeoul rebuild`
struct RebuildVerb: Verb {
    let name = "rebuild"
    let summary = "Make candles again from the stored trades, and the indicators after them"
    let details = """
        Computes the closed candles of a time again in SQL, writes those that differ, and computes the \
        indicators from there on again: here, or in the capture while one runs. The exchange's own candles \
        stay. With --dry-run nothing is written: every candle and indicator of the market is computed again \
        and compared, and what differs is shown; exit code 1 when anything does.
        """
    let examples = [
        Example("yeoul rebuild --market KRW-BTC --from 7d", "a week, all timeframes"),
        Example(
            "yeoul rebuild --market KRW-BTC --timeframe 1m --from 2026-03-11 --to 2026-03-12 --dry-run",
            "show what is wrong"),
    ]
    let options = [
        OptionDeclaration("market", .text("MARKET"), "Of which market"),
        OptionDeclaration(
            "timeframe", .choice(Timeframe.allCases.map(\.rawValue)), isRepeatable: true,
            "Of which timeframe; all that are derived unless given"),
        OptionDeclaration("from", .text("TIME"), "A time, or how long ago: 12h"),
        OptionDeclaration("to", .text("TIME"), "Not included; now unless given"),
        OptionDeclaration("dry-run", "Write nothing, show what differs"),
    ]

    func run(_ invocation: Invocation) async throws {
        guard let market = invocation.text("market"), let from = invocation.text("from") else {
            throw UsageError("a rebuild needs --market and --from", path: [name])
        }
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let symbol = try MarketArgument.symbol(market, of: name)
        let start = try TimeArgument.instant(from, of: name, now: now)
        let end = try invocation.text("to").map { try TimeArgument.instant($0, of: name, now: now) } ?? now
        guard start < end else { throw UsageError("nothing lies between --from and --to", path: [name]) }
        let configuration = try invocation.configuration()
        let settings = try DerivationSettings(configuration.derivation)
        let wanted = try invocation.texts("timeframe").map { try Timeframe($0) }
        try await OwnerDatabase.with(configuration) { database in
            _ = try await DatabaseSchema.require(configuration, database.directOptions)
            let connection = try BlockingConnection.connect(database.directOptions)
            defer { try? connection.close() }
            let settings = try settings.withStored(on: connection)
            try Self.check(wanted, settings)
            if invocation.has("dry-run") {
                return try compare(
                    symbol, wanted.isEmpty ? settings.timeframes : wanted, start..<end, settings, connection,
                    invocation)
            }
            for timeframe in settings.timeframes where wanted.isEmpty || wanted.contains(timeframe) {
                let report = try Rebuilder(settings).rebuild(
                    SeriesKey(symbol, timeframe), from: start, to: end, isDry: false, on: connection)
                try invocation.output.line(Self.text(report))
            }
        }
    }

    private static func check(_ wanted: [Timeframe], _ settings: DerivationSettings) throws {
        guard let other = wanted.first(where: { !settings.timeframes.contains($0) }) else { return }
        let derived = settings.timeframes.map(\.rawValue).joined(separator: ", ")
        throw ProgramError(
            "candles of \(other) are not derived", place: "derivation.timeframes",
            remedy: "Name it there, or take one of \(derived).", exitCode: .configuration)
    }

    private func compare(
        _ symbol: Symbol, _ timeframes: [Timeframe], _ range: Range<Instant>, _ settings: DerivationSettings,
        _ connection: BlockingConnection, _ invocation: Invocation
    ) throws {
        let report = try DerivedVerifier(settings).verify(symbol, on: connection)
        let findings = report.findings.filter {
            timeframes.contains($0.key.timeframe) && range.contains($0.time)
        }
        for finding in findings { try invocation.output.line("\(finding)") }
        for key in report.underRepair where key.symbol == symbol {
            try invocation.output.line("\(key): under repair, its indicators are not compared")
        }
        try invocation.output.line(
            "\(report.candles) candles and \(report.indicators) rows of indicators compared, "
                + "\(findings.count) differ in this time")
        if !findings.isEmpty {
            throw ProgramError(
                "derived rows differ from what they are derived from", place: "\(symbol)",
                remedy: "Run it without --dry-run.")
        }
    }

    private static func text(_ report: Rebuilder.Report) -> String {
        let rest =
            report.isLeftToCapture
            ? "; the running capture computes the indicators again within a minute"
            : "; indicators computed again"
        return
            "\(report.key): \(report.candles.changed) candles written, \(report.candles.deleted) deleted\(rest)"
    }
}
