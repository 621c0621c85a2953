import Market

/// What a trade is known by.
struct TradeKey: Hashable {
    let symbol: Symbol
    let id: Int64
    let time: Instant

    init(_ trade: Trade) {
        symbol = trade.symbol
        id = trade.sequentialID
        time = trade.time
    }
}

/// A frame as the exchange sent it, and what must become of it.
struct SentFrame {
    let bytes: [UInt8]
    let keys: [TradeKey]
    /// No decoder can read it: it belongs into quarantine.
    var isBroken: Bool { keys.isEmpty && !isStatus }
    /// Nothing of it is stored: a status, or a ticker.
    let isStatus: Bool
}
