/// One thing that the doctor has to say.
package struct Finding: Sendable, Equatable, Codable {
    package enum Severity: String, Sendable, Codable, Comparable, CaseIterable {
        /// Looked at, and as it should be.
        case ok
        /// Worth knowing.
        case note
        /// Will become an error, or costs something.
        case warning
        /// Something does not work, or data is at risk.
        case error

        package static func < (left: Severity, right: Severity) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    package var severity: Severity
    /// The check that found it.
    package var check: String
    package var what: String
    package var place: String?
    /// What to do about it; a warning or an error always has it.
    package var remedy: String?

    package init(
        _ severity: Severity, _ check: String, _ what: String, place: String? = nil, remedy: String? = nil
    ) {
        self.severity = severity
        self.check = check
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}
