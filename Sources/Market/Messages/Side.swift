/// Which side the taker of a trade was on. The exchange calls a taker's sale `ASK`, a purchase `BID`.
@frozen
package enum Side: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case buy
    case sell

    /// The word in our tables.
    package var description: String { self == .buy ? "buy" : "sell" }

    package init?(_ text: String) {
        switch text {
        case "buy": self = .buy
        case "sell": self = .sell
        default: return nil
        }
    }
}
