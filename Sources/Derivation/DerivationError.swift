import Diagnostics

/// What derivation cannot do.
package struct DerivationError: ExplainedError, Equatable {
    package enum Code: Sendable, Equatable {
        case settings
        /// A row of the database is not what derivation wrote.
        case badRow
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
