import Diagnostics

/// A failure of what watches the running roles.
package struct OperationsError: ExplainedError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// A status file cannot be written or read.
        case statusFile
        /// A metric's name or label is against the rules.
        case metric
    }

    package let code: Code
    package let what: String
    package let place: String?
    package let remedy: String?

    package init(_ code: Code, _ what: String, place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}
