import Diagnostics

/// A command line that means nothing.
package struct UsageError: ExplainedError, Equatable {
    package let what: String
    /// The verbs that were understood.
    package let path: [String]
    package let suggestion: String?

    package init(_ what: String, path: [String], suggestion: String? = nil) {
        self.what = what
        self.path = path
        self.suggestion = suggestion
    }

    package var place: String? { "command line" }

    package var remedy: String? {
        let help = "See \"\((["yeoul"] + path + ["--help"]).joined(separator: " "))\"."
        return suggestion.map { "Did you mean \"\($0)\"? \(help)" } ?? help
    }
}
