import Market

/// One trade that the exchange printed, and what a fault did to it.
package struct LedgerEntry: Sendable, Equatable {
    package enum Fate: UInt8, Sendable, Equatable, CaseIterable {
        /// Sent to everyone who listened, and known to REST.
        case printed = 0
        /// Never sent on a socket; REST knows it.
        case dropped = 1
        /// Neither sent nor known to `/trades/ticks`; candles and tickers count it.
        case lost = 2

        package var name: String {
            switch self {
            case .printed: "printed"
            case .dropped: "dropped"
            case .lost: "lost"
            }
        }
    }

    package let symbol: Symbol
    package let trade: ModelTrade
    package let publishedMilliseconds: Int64
    package let fate: Fate

    package init(symbol: Symbol, trade: ModelTrade, publishedMilliseconds: Int64, fate: Fate) {
        self.symbol = symbol
        self.trade = trade
        self.publishedMilliseconds = publishedMilliseconds
        self.fate = fate
    }

    /// One line of JSON; numbers with all their digits.
    package var json: String {
        let price = Decimal8(unscaled: Int128(trade.price))
        let volume = Decimal8(unscaled: trade.volume)
        return """
            {"code":"\(symbol)","trade_timestamp":\(trade.milliseconds),\
            "timestamp":\(publishedMilliseconds),"sequential_id":\(trade.sequentialID),\
            "trade_price":\(price),"trade_volume":\(volume),"ask_bid":"\(trade.isBuy ? "BID" : "ASK")",\
            "fate":"\(fate.name)"}
            """
    }

    /// One line for people.
    package var line: String {
        let time = Instant(milliseconds: trade.milliseconds) ?? .epoch
        let side = trade.isBuy ? "buy " : "sell"
        let price = Decimal8(unscaled: Int128(trade.price))
        let note = fate == .printed ? "" : "  \(fate.name)"
        let volume = Decimal8(unscaled: trade.volume)
        return "\(time)  \(symbol)  \(trade.sequentialID)  \(side)  \(volume) at \(price)\(note)"
    }
}
