import Diagnostics

/// What `policies apply` would do, and why it may not.
package struct PolicyPlan: Equatable, Sendable {
    package var changes: [PolicyChange]
    /// Each names what the profile would drop although it is needed, or what it names and does not exist.
    package var refusals: [StorageError]
    /// What the engine cannot do, and who does it instead.
    package var remarks: [String]

    package init(changes: [PolicyChange] = [], refusals: [StorageError] = [], remarks: [String] = []) {
        self.changes = changes
        self.refusals = refusals
        self.remarks = remarks
    }

    /// The difference as text, one table a paragraph.
    package var text: String {
        var lines: [String] = []
        var table = ""
        for change in changes {
            if change.table != table { lines.append(change.table) }
            table = change.table
            lines.append("  \(change)")
        }
        if changes.isEmpty { lines.append("The database is as the profile wants it.") }
        lines += remarks.map { "Note: \($0)" }
        lines += refusals.map { "Refused: \($0)" }
        return lines.joined(separator: "\n")
    }

    /// One error for all refusals; nil when the plan may be applied.
    package var refusal: StorageError? {
        guard let first = refusals.first else { return nil }
        if refusals.count == 1 { return first }
        let all = refusals.map { "\n  \($0.description)" }.joined()
        return StorageError(
            .policy, "the profile cannot be applied, for \(refusals.count) reasons:\(all)",
            place: first.place, remedy: "Correct the profile, or let upkeep settle what is open.")
    }
}
