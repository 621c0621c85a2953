import Market

/// A candle of the exchange. The same candle comes many times; the last one is valid.
package struct CandleMessage: Hashable, Sendable {
    package var candle: Candle
    /// The publication time of the last trade in it.
    package var lastTickAt: Instant
    package var streamType: StreamType?
    package var receivedAt: Instant

    package init(_ candle: Candle, lastTickAt: Instant, receivedAt: Instant) {
        self.candle = candle
        self.lastTickAt = lastTickAt
        self.receivedAt = receivedAt
    }
}
