import Diagnostics

/// A failure of the server that people and programs look at.
package struct WebError: ExplainedError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// It would be open to others without a token.
        case unprotected
        /// A file of the page cannot be used.
        case page
        /// A request cannot be answered as it stands; `status` says how HTTP puts it.
        case request
    }

    package let code: Code
    package let what: String
    package let place: String?
    package let remedy: String?
    package let status: Int

    package init(
        _ code: Code, _ what: String, place: String? = nil, remedy: String? = nil, status: Int = 500
    ) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
        self.status = status
    }

    /// A parameter that is not allowed.
    static func parameter(_ name: String, _ what: String, remedy: String) -> WebError {
        WebError(.request, what, place: "query parameter \(name)", remedy: remedy, status: 400)
    }
}
