import Diagnostics
import Storage

/// What a migrator did, for people and for programs.
enum MigrationText {
    static func text(_ report: MigrationReport) -> String {
        var text = ""
        for step in report.steps { text += "  \(word(step)) \(step.migration.title)\n" }
        text +=
            report.steps.isEmpty
            ? "The schema has version \(report.versionAfter) already (engine \(report.engine.name.rawValue)).\n"
            : "The schema went from version \(report.versionBefore) to \(report.versionAfter) "
                + "(engine \(report.engine.name.rawValue)).\n"
        for note in report.engine.notes { text += "note: \(note)\n" }
        for skipped in report.skippedSteps {
            text += "skipped: \(skipped.step), \(skipped.reason). \(skipped.remedy)\n"
        }
        return text
    }

    static func json(_ report: MigrationReport) -> String {
        let steps = report.steps.map { step in
            "{\"number\":\(step.migration.number),\"name\":\(JSONText.quoted(step.migration.name)),"
                + "\"done\":\(JSONText.quoted(word(step)))}"
        }
        return "{\"engine\":\(JSONText.quoted(report.engine.name.rawValue)),"
            + "\"continuous_aggregates\":\(report.engine.hasContinuousAggregates),"
            + "\"version_before\":\(report.versionBefore),\"version\":\(report.versionAfter),"
            + "\"steps\":[\(steps.joined(separator: ","))],"
            + "\"notes\":[\(report.engine.notes.map(JSONText.quoted).joined(separator: ","))],"
            + "\"skipped\":\(json(report.skippedSteps))}\n"
    }

    static func json(_ steps: [SkippedStep]) -> String {
        let items = steps.map {
            "{\"step\":\(JSONText.quoted($0.step)),\"reason\":\(JSONText.quoted($0.reason)),"
                + "\"remedy\":\(JSONText.quoted($0.remedy))}"
        }
        return "[\(items.joined(separator: ","))]"
    }

    private static func word(_ step: MigrationStep) -> String {
        switch step {
        case .apply: "applied"
        case .skip: "not for this engine"
        case .revert: "taken back"
        case .forget: "forgotten"
        }
    }
}
