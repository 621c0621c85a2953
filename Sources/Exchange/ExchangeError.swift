import Diagnostics

/// What the built-in exchange refuses or cannot do.
package struct ExchangeError: ExplainedError, Equatable {
    package enum Code: Sendable, Equatable {
        /// A flag or a control request.
        case badSetting
        /// A ledger file that is not one, or is damaged.
        case badLedger
        /// The file system said no.
        case fileSystem
        /// A port, a certificate, a thread.
        case cannotServe
    }

    package let code: Code
    package let what: String
    package let place: String?
    package let remedy: String?

    package init(_ code: Code, _ what: String, at place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}
