import Diagnostics

/// What a run of upkeep did.
package struct UpkeepReport: Sendable {
    package struct Failure: Sendable {
        package var action: UpkeepAction
        package var error: any ExplainedError
    }

    /// Another process was at it, so nothing was done.
    package var isTaken = false
    package var done: [UpkeepAction] = []
    package var failures: [Failure] = []
    package var held: [UpkeepPlan.Held] = []
    package var postponedCount = 0
    package var prunedRows = 0

    package init() {}

    /// As `yeoul db upkeep` prints it.
    package var text: String {
        if isTaken { return "Another process does the upkeep now; nothing was done." }
        var lines = done.compactMap { action -> String? in
            if case .prune = action { return nil }
            return "done: \(action)"
        }
        if prunedRows > 0 { lines.append("done: pruned \(prunedRows) rows") }
        lines += held.map { "held: \($0.chunk.name) of \($0.table): \($0.reason)" }
        lines += failures.map { "failed: \($0.action): \($0.error.description)" }
        if postponedCount > 0 { lines.append("\(postponedCount) more steps are due; run it again") }
        return lines.isEmpty ? "Nothing was due." : lines.joined(separator: "\n")
    }
}
