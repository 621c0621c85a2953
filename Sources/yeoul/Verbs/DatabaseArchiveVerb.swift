import Configuration
import Database
import Diagnostics
import Foundation
import Market
import Storage

/// `yeoul db archive list`, `verify` and `restore`
struct DatabaseArchiveVerb: Verb {
    enum Task: String {
        case list
        case verify
        case restore
    }

    let task: Task

    var name: String { task.rawValue }
    var summary: String {
        switch task {
        case .list: "List the archives of dropped chunks"
        case .verify: "Read archives wholly and compare every checksum"
        case .restore: "Bring archived rows back into their table"
        }
    }
    var details: String {
        switch task {
        case .list: ""
        case .verify: "A damaged file is named with the position of the damage; the exit code is then 4."
        case .restore:
            "Rows that are there stay as they are, so it can be done again. Upkeep leaves what was brought back "
                + "alone for 7 days, or as long as --keep says."
        }
    }
    var examples: [Example] {
        switch task {
        case .list:
            [
                Example("yeoul db archive list", "all"),
                Example("yeoul db archive list --json", "for a program"),
            ]
        case .verify: [Example("yeoul db archive verify --table transactions", "all archives of trades")]
        case .restore:
            [
                Example(
                    "yeoul db archive restore --table transactions --from 2026-01-01 --to 2026-01-08",
                    "a week")
            ]
        }
    }
    var options: [OptionDeclaration] {
        let common = [
            OptionDeclaration("table", .choice(PolicyTables.time), "Archives of this table"),
            OptionDeclaration(
                "from", .text("TIME"), "Only what ends after it: 2026-01-01 or 2026-01-01T09:00:00Z"),
            OptionDeclaration("to", .text("TIME"), "Only what begins before it"),
        ]
        return switch task {
        case .list: common + [.json]
        case .verify: common
        case .restore:
            common + [OptionDeclaration("keep", .text("SPAN"), "How long upkeep leaves it alone: 7d")]
        }
    }

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let service = ArchiveService(OwnerDatabase.archive(configuration))
        let entries = try service.list(
            table: invocation.text("table"), from: try instant(invocation, "from"),
            to: try instant(invocation, "to"))
        switch task {
        case .list: try list(entries, invocation)
        case .verify:
            for entry in entries {
                try service.verify(entry)
                try invocation.output.line("sound: \(Self.line(entry))")
            }
            if entries.isEmpty { try invocation.output.line("No archive matches.") }
        case .restore: try await restore(entries, service, invocation, configuration)
        }
    }

    private func list(_ entries: [ArchiveFolder.Entry], _ invocation: Invocation) throws {
        if invocation.wantsJSON {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            let document = ["archives": entries.map(\.manifest)]
            return try invocation.output.line(String(decoding: encoder.encode(document), as: UTF8.self))
        }
        for entry in entries { try invocation.output.line(Self.line(entry)) }
        if entries.isEmpty { try invocation.output.line("No archive matches.") }
    }

    private func restore(
        _ entries: [ArchiveFolder.Entry], _ service: ArchiveService, _ invocation: Invocation,
        _ configuration: Configuration
    ) async throws {
        guard invocation.has("table") else {
            throw UsageError(
                "which table is to be restored? --table is missing", path: ["db", "archive", "restore"])
        }
        guard !entries.isEmpty else {
            throw ProgramError(
                "there is no archive of that table and time",
                remedy: "yeoul db archive list shows what there is.")
        }
        let keep = try span(invocation)
        try await OwnerDatabase.with(configuration) { database in
            let connection = try await Connection.connect(database.directOptions)
            defer { try? connection.close() }
            let now = try await connection.query("SELECT clock_timestamp()").single().value(
                0, as: Timestamp.self)
            // Of several parts the newest first: what is there already stays.
            for entry in entries.reversed() {
                let outcome = try await service.restore(
                    entry, on: connection, now: Instant(microseconds: now.microseconds), keep: keep)
                try invocation.output.line(
                    "restored: \(Self.line(entry)), \(outcome.rowsAdded) rows were not there")
            }
        }
    }

    private func span(_ invocation: Invocation) throws -> TimeSpan {
        guard let text = invocation.text("keep") else { return RestoredRanges.keepStandard }
        if let span = TimeSpan(text) { return span }
        throw UsageError(
            "--keep \(text) is not a length of time such as 7d", path: ["db", "archive", "restore"])
    }

    private func instant(_ invocation: Invocation, _ option: String) throws -> Instant? {
        guard let text = invocation.text(option) else { return nil }
        if let date = try? CalendarDate(text) { return date.startOfDay }
        return try Instant(text)
    }

    static func line(_ entry: ArchiveFolder.Entry) -> String {
        let manifest = entry.manifest
        let part = manifest.part == 1 ? "" : " part \(manifest.part)"
        return "\(manifest.table) \(manifest.from) to \(manifest.to)\(part): \(manifest.rows) rows, "
            + "\(manifest.fileBytes) bytes"
    }
}
