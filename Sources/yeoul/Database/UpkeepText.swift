import Diagnostics
import Storage

/// What the upkeep has to do or did, for programs; people read `UpkeepReport.text`.
enum UpkeepText {
    private struct Held: Encodable {
        var table: String
        var chunk: String
        var reason: String

        init(_ held: UpkeepPlan.Held) {
            table = held.table
            chunk = held.chunk.name
            reason = held.reason
        }
    }

    private struct PlanDocument: Encodable {
        var due: [String]
        var held: [Held]
        var postponed: Int
    }

    private struct ReportDocument: Encodable {
        struct Failure: Encodable {
            var step: String
            var what: String
            var place: String?
            var remedy: String?
        }

        var anotherAtWork: Bool
        var done: [String]
        var failed: [Failure]
        var held: [Held]
        var postponed: Int
        var prunedRows: Int
    }

    static func text(_ plan: UpkeepPlan) -> String {
        var lines = plan.actions.map { "due: \($0)" }
        lines += plan.held.map { "held: \($0.chunk.name) of \($0.table): \($0.reason)" }
        if plan.postponedCount > 0 { lines.append("\(plan.postponedCount) more steps are due") }
        return lines.isEmpty ? "Nothing is due." : lines.joined(separator: "\n")
    }

    static func json(_ plan: UpkeepPlan) throws -> String {
        try JSONDocument.text(
            PlanDocument(
                due: plan.actions.map(\.description), held: plan.held.map(Held.init),
                postponed: plan.postponedCount))
    }

    static func json(_ report: UpkeepReport) throws -> String {
        let failed = report.failures.map {
            ReportDocument.Failure(
                step: $0.action.description, what: $0.error.what, place: $0.error.place,
                remedy: $0.error.remedy)
        }
        return try JSONDocument.text(
            ReportDocument(
                anotherAtWork: report.isTaken, done: report.done.map(\.description), failed: failed,
                held: report.held.map(Held.init), postponed: report.postponedCount,
                prunedRows: report.prunedRows))
    }
}
