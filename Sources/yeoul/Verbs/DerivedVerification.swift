import Configuration
import Database
import Derivation
import Diagnostics
import Market
import Storage

/// `yeoul verify --derived`: candles computed again from the stored trades, indicators from the candles.
enum DerivedVerification {
    static let option = OptionDeclaration(
        "derived", "Compute candles and indicators again, and compare every column")

    static func run(_ invocation: Invocation) async throws {
        let others = ["ledger", "since", "journalled"]
        if let other = others.first(where: { invocation.has($0) }) {
            throw UsageError(
                "--derived compares everything that is stored: leave --\(other) away", path: ["verify"])
        }
        let configuration = try invocation.configuration()
        let symbol = try invocation.text("market").map { try MarketArgument.symbol($0, of: "verify") }
        let settings = try DerivationSettings(configuration.derivation)
        let report = try await OwnerDatabase.withSchema(configuration) { database in
            let connection = try BlockingConnection.connect(database.directOptions)
            defer { try? connection.close() }
            return try DerivedVerifier(settings.withStored(on: connection)).verify(symbol, on: connection)
        }
        try invocation.output.write(invocation.wantsJSON ? json(report) : text(report))
        if report.findingCount > 0 {
            throw ProgramError(
                "derived rows differ from what they are derived from",
                remedy: "yeoul rebuild --market makes them again from the stored trades.")
        }
    }

    private static func text(_ report: DerivedReport) -> String {
        var text = """
            \(report.candles) candles and \(report.indicators) rows of indicators compared, \
            \(report.findingCount) differ

            """
        for finding in report.findings { text += "  \(finding)\n" }
        for key in report.underRepair {
            text += "  \(key): under repair, its indicators are not compared\n"
        }
        return text
    }

    private static func json(_ report: DerivedReport) -> String {
        let findings = report.findings.map { finding in
            "{\"symbol\":\(JSONText.quoted("\(finding.key.symbol)")),"
                + "\"timeframe\":\"\(finding.key.timeframe)\",\"time\":\"\(finding.time)\","
                + "\"detail\":\(JSONText.quoted(finding.detail))}"
        }
        let repairs = report.underRepair.map { JSONText.quoted("\($0)") }
        return "{\"candles\":\(report.candles),\"indicators\":\(report.indicators),"
            + "\"different\":\(report.findingCount),\"under_repair\":[\(repairs.joined(separator: ","))],"
            + "\"findings\":[\(findings.joined(separator: ","))]}\n"
    }
}
