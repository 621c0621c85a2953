import Diagnostics
import Foundation
import Storage

/// A plan of policies for programs; people read `PolicyPlan.text`.
enum PolicyText {
    private struct Document: Encodable {
        struct Change: Encodable {
            var table: String
            var change: String
        }

        struct Refusal: Encodable {
            var what: String
            var place: String?
            var remedy: String?
        }

        var profile: String
        var applied: Bool
        var changes: [Change]
        var remarks: [String]
        var refusals: [Refusal]
    }

    static func json(_ plan: PolicyPlan, profile: String, isApplied: Bool) throws -> String {
        try JSONDocument.text(
            Document(
                profile: profile, applied: isApplied,
                changes: plan.changes.map { .init(table: $0.table, change: "\($0)") }, remarks: plan.remarks,
                refusals: plan.refusals.map { .init(what: $0.what, place: $0.place, remedy: $0.remedy) }))
    }
}
