import Market

/// A trade as the WebSocket states it: the trade, and what the exchange adds.
package struct TradeMessage: Hashable, Sendable {
    package var trade: Trade
    package var prevClosingPrice: Decimal8?
    package var change: PriceChange?
    /// Without sign.
    package var changePrice: Decimal16?
    package var bestAskPrice: Decimal8?
    package var bestAskVolume: Decimal8?
    package var bestBidPrice: Decimal8?
    package var bestBidVolume: Decimal8?
    package var streamType: StreamType?

    package init(_ trade: Trade) { self.trade = trade }
}
