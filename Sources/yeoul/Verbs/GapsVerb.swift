import Capture
import Database
import Diagnostics
import Foundation
import Market
import Storage

/// `yeoul gaps`
struct GapsVerb: Verb {
    let name = "gaps"
    let summary = "List the times for which trades are or were missing"
    let details = "Open gaps are being fetched by the capture; unfillable ones cannot be had any more."
    let examples = [
        Example("yeoul gaps", "of the last week"),
        Example("yeoul gaps --status unfillable --since 30d --json", "for a program"),
    ]
    let options = [
        OptionDeclaration("since", .text("TIME"), "A time, or how long ago: 12h, 7d; 7d unless given"),
        OptionDeclaration("market", .text("MARKET"), "Only this one"),
        OptionDeclaration("status", .choice(GapStatus.allCases.map(\.rawValue)), "Only these"),
        OptionDeclaration("limit", .integer(1...GapTable.rowsMax), "At most so many, the newest; 1000"),
        OptionDeclaration.json,
    ]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let now = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let since = try TimeArgument.instant(invocation.text("since") ?? "7d", of: name, now: now)
        let symbol = try invocation.text("market").map { try MarketArgument.symbol($0, of: name) }
        let status = invocation.text("status").flatMap { GapStatus(rawValue: $0) }
        let gaps = try await OwnerDatabase.withSchema(configuration) { database in
            let connection = try await Connection.connect(database.options)
            defer { try? connection.close() }
            return try await GapTable.list(
                since: since, symbol: symbol, status: status, limit: invocation.integer("limit") ?? 1_000,
                on: connection)
        }
        try invocation.output.write(invocation.wantsJSON ? Self.json(gaps) : Self.text(gaps, since))
    }

    static func text(_ gaps: [Gap], _ since: Instant) -> String {
        guard !gaps.isEmpty else { return "No gap since \(since).\n" }
        var text = ""
        for gap in gaps {
            text += "\(gap.interval.lowerBound) – \(gap.interval.upperBound)  \(gap.symbol)  \(gap.channel)  "
            text += "\(gap.status.rawValue)  \(gap.tradesFilled) trades"
            if let seconds = seconds(gap) { text += " in \(seconds) s" }
            text += "  \(ControlCharacters.escaped(gap.reason))\n"
        }
        return text + "\(gaps.count) gaps\n"
    }

    /// How long it took to fill it.
    private static func seconds(_ gap: Gap) -> Int64? {
        guard gap.status == .filled, let from = gap.createdAt, let to = gap.updatedAt else { return nil }
        return to.microseconds(since: from) / 1_000_000
    }

    static func json(_ gaps: [Gap]) -> String {
        let lines = gaps.map { gap in
            "{\"market\":\(JSONText.quoted(gap.symbol.description)),\"channel\":\(JSONText.quoted(gap.channel))"
                + ",\"from\":\"\(gap.interval.lowerBound)\",\"to\":\"\(gap.interval.upperBound)\""
                + ",\"status\":\"\(gap.status.rawValue)\",\"reason\":\(JSONText.quoted(gap.reason))"
                + ",\"trades_filled\":\(gap.tradesFilled)"
                + ",\"noticed_at\":\(gap.createdAt.map { "\"\($0)\"" } ?? "null")"
                + ",\"updated_at\":\(gap.updatedAt.map { "\"\($0)\"" } ?? "null")}"
        }
        return "[" + lines.joined(separator: ",\n") + "]\n"
    }
}
