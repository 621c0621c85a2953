import Diagnostics

/// A text or a sum that the vocabulary cannot hold.
package struct MarketError: ExplainedError, Equatable {
    package enum Code: Sendable, Equatable {
        case badNumber
        case notExact
        case outOfRange
        case badSymbol
        case badInstant
        case badTimeframe
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
