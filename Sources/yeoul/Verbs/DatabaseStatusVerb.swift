import Diagnostics
import Storage

/// `yeoul db status`
struct DatabaseStatusVerb: Verb {
    let name = "status"
    let summary = "Show the schema: engine, migrations, and drift from them"
    let details = """
        Changes nothing in the database. Ends with 1 when the schema is not what this program needs. Drift is what differs between \
        the live tables, columns, indexes and constraints and what the migrations made.
        """
    let examples = [
        Example("yeoul db status", "a table"),
        Example("yeoul db status --json", "for a program"),
    ]
    let options = [OptionDeclaration.json]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let status = try await DatabaseSchema.withOwner(configuration) { options in
            try await DatabaseSchema.migrator(configuration, options).status()
        }
        try invocation.output.write(invocation.wantsJSON ? Self.json(status) : Self.text(status))
        if let fault = status.fault { throw fault }
        guard status.isCurrent else {
            let isPending = status.entries.contains { $0.state == .pending }
            throw ProgramError(
                isPending ? "the schema is not up to date" : "the schema is not as the migrations left it",
                remedy: isPending
                    ? "Run `yeoul db migrate`" : "Undo the changes above, or put them into a migration")
        }
    }

    static func text(_ status: SchemaStatus) -> String {
        var text = ""
        if let record = status.record {
            let instance = record.instance
            text += "engine     \(record.engine.rawValue)"
            text += record.hasContinuousAggregates ? " with continuous aggregates\n" : "\n"
            text += "data       \(instance.exchange)\(instance.isSimulated ? ", simulated" : "")\n"
            text += "folder     \(ControlCharacters.escaped(instance.dataFolderID))\n"
            text += "version    \(record.schemaVersion)\n"
        } else {
            text += "version    none: the database has no schema of Yeoul\n"
        }
        for entry in status.entries {
            let digits = String(entry.number)
            let padding = String(repeating: "0", count: max(0, 4 - digits.count))
            text += "  \(padding)\(digits)  \(entry.state.rawValue)  \(entry.name)"
            text += entry.state == .skipped ? ", not for this engine\n" : "\n"
        }
        for drift in status.drifts { text += "drift: \(ControlCharacters.escaped(drift.description))\n" }
        for skipped in status.skippedSteps {
            text += "skipped: \(skipped.step), \(skipped.reason). \(skipped.remedy)\n"
        }
        return text
    }

    static func json(_ status: SchemaStatus) -> String {
        let engine = status.record.map { JSONText.quoted($0.engine.rawValue) } ?? "null"
        let entries = status.entries.map {
            "{\"number\":\($0.number),\"name\":\(JSONText.quoted($0.name)),"
                + "\"state\":\(JSONText.quoted($0.state.rawValue))}"
        }
        let drifts = status.drifts.map {
            "{\"change\":\(JSONText.quoted($0.change.rawValue)),\"kind\":\(JSONText.quoted($0.object.kind)),"
                + "\"name\":\(JSONText.quoted($0.object.name))}"
        }
        return "{\"current\":\(status.isCurrent),\"engine\":\(engine),"
            + "\"version\":\(status.record?.schemaVersion ?? 0),"
            + "\"migrations\":[\(entries.joined(separator: ","))],\"drift\":[\(drifts.joined(separator: ","))],"
            + "\"skipped\":\(MigrationText.json(status.skippedSteps))}\n"
    }
}
