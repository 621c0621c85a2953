import Diagnostics

/// A failure of the command line itself, not of a module.
package struct ProgramError: ExplainedError, Equatable {
    package let what: String
    package let place: String?
    package let remedy: String?
    package let exitCode: ExitCode

    package init(
        _ what: String, place: String? = nil, remedy: String? = nil, exitCode: ExitCode = .failed
    ) {
        self.what = what
        self.place = place
        self.remedy = remedy
        self.exitCode = exitCode
    }
}
