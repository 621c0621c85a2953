import Market
import Storage

/// A time of one market to be fetched again.
package struct RefillRequest: Hashable, Sendable {
    package var symbol: Symbol
    /// Half-open, in exchange time.
    package var interval: Range<Instant>
    package var reason: String
    /// Who asked, for him to know his answer.
    package var tag: Int
    /// Whether the answer is to hold the exchange's trades, for a comparison.
    package var keepsTrades: Bool
    /// Failures in a row before it is given up; nil goes on until the exchange has nothing any more.
    package var failuresMax: Int?

    package init(
        _ symbol: Symbol, _ interval: Range<Instant>, reason: String, tag: Int = 0, keepsTrades: Bool = false,
        failuresMax: Int? = nil
    ) {
        self.symbol = symbol
        self.interval = interval
        self.reason = reason
        self.tag = tag
        self.keepsTrades = keepsTrades
        self.failuresMax = failuresMax
    }
}
