import Market

/// One channel of some markets.
package struct Subscription: Hashable, Sendable {
    package enum Delivery: Hashable, Sendable {
        /// The state at once, then news.
        case snapshotAndRealtime
        case snapshotOnly
        case realtimeOnly
    }

    /// Depths that the exchange knows; it takes any other for 30.
    package static let depths = [1, 5, 15, 30]

    package var channel: Channel
    package var symbols: [Symbol]
    package var delivery: Delivery
    /// Levels of an order book; nil is the exchange's default, 30.
    package var depth: Int?
    /// The size of an order book's price buckets (won markets only); nil is the market's tick.
    package var level: Decimal8?

    package init(
        _ channel: Channel, symbols: [Symbol], delivery: Delivery = .snapshotAndRealtime, depth: Int? = nil,
        level: Decimal8? = nil
    ) {
        self.channel = channel
        self.symbols = symbols
        self.delivery = delivery
        self.depth = depth
        self.level = level
    }
}
