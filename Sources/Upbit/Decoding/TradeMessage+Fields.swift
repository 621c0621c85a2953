import Market

extension TradeMessage: FieldReader {
    static let fields: [(long: String, short: String)] = [
        ("type", "ty"), ("code", "cd"), ("timestamp", "tms"), ("trade_date", "td"), ("trade_time", "ttm"),
        ("trade_timestamp", "ttms"), ("trade_price", "tp"), ("trade_volume", "tv"), ("ask_bid", "ab"),
        ("prev_closing_price", "pcp"), ("change", "c"), ("change_price", "cp"), ("sequential_id", "sid"),
        ("best_ask_price", "bap"), ("best_ask_size", "bas"), ("best_bid_price", "bbp"),
        ("best_bid_size", "bbs"),
        ("stream_type", "st"),
    ]
    /// The entry behind the last long name is that of the type's short name.
    static let fieldsCount = 18
    /// type, code, trade_timestamp, trade_price, trade_volume, ask_bid, sequential_id
    static let required: UInt64 = 0b1_0001_1110_0011

    mutating func clearOptionals() {
        trade.publishedAt = nil
        prevClosingPrice = nil
        change = nil
        changePrice = nil
        bestAskPrice = nil
        bestAskVolume = nil
        bestBidPrice = nil
        bestBidVolume = nil
        streamType = nil
    }

    @inline(__always)
    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 0: try scanner.word(Word.trade)
        case 1: trade.symbol = try scanner.symbol()
        case 2: trade.publishedAt = try scanner.optionalMilliseconds()
        case 3, 4: try scanner.skipText()
        case 5: trade.time = try scanner.milliseconds()
        case 6: trade.price = try scanner.positiveAmount()
        case 7: trade.volume = try scanner.positiveAmount()
        case 8: trade.side = try scanner.side()
        case 9: prevClosingPrice = try scanner.optionalAmount()
        case 10: change = try scanner.optionalChange()
        case 11: changePrice = try scanner.optionalSum()
        case 12: trade.sequentialID = try scanner.integer()
        case 13: bestAskPrice = try scanner.optionalAmount()
        case 14: bestAskVolume = try scanner.optionalAmount()
        case 15: bestBidPrice = try scanner.optionalAmount()
        case 16: bestBidVolume = try scanner.optionalAmount()
        default: streamType = try scanner.optionalStreamType()
        }
    }
}
