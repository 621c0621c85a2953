import Diagnostics

/// Trades or candles that cannot be summed up, or a state that cannot be read.
package struct IndicatorsError: ExplainedError, Equatable {
    package enum Code: Sendable, Equatable {
        /// A price, a volume or a sum is beyond what candles and indicators hold.
        case outOfRange
        /// A stored state is not what this version writes.
        case badState
        /// Candles that must follow each other do not.
        case badSeries
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
