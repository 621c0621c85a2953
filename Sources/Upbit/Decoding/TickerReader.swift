import Market

/// A ticker of either origin: the WebSocket names the market `code`, REST `market`, and REST's `trade_date`
/// and the like are skipped.
struct TickerReader: FieldReader {
    static let fields: [(long: String, short: String)] = [
        ("type", "ty"), ("code", "cd"), ("opening_price", "op"), ("high_price", "hp"), ("low_price", "lp"),
        ("trade_price", "tp"), ("prev_closing_price", "pcp"), ("acc_trade_price", "atp"), ("change", "c"),
        ("change_price", "cp"), ("signed_change_price", "scp"), ("change_rate", "cr"),
        ("signed_change_rate", "scr"), ("ask_bid", "ab"), ("trade_volume", "tv"), ("acc_trade_volume", "atv"),
        ("trade_date", "tdt"), ("trade_time", "ttm"), ("trade_timestamp", "ttms"), ("acc_ask_volume", "aav"),
        ("acc_bid_volume", "abv"), ("highest_52_week_price", "h52wp"), ("highest_52_week_date", "h52wdt"),
        ("lowest_52_week_price", "l52wp"), ("lowest_52_week_date", "l52wdt"), ("market_state", "ms"),
        ("is_trading_suspended", "its"), ("delisting_date", "dd"), ("market_warning", "mw"),
        ("timestamp", "tms"),
        ("acc_trade_price_24h", "atp24h"), ("acc_trade_volume_24h", "atv24h"), ("stream_type", "st"),
    ]
    /// The entry behind the last long name is that of the type's short name.
    static let fieldsCount = 33
    /// REST has no type and calls the code `market`.
    static let restFields = fields.map { $0.long == "code" ? ("market", "market") : ($0.long, $0.long) }

    /// Everything but type, ask_bid, date and time, the sides' volumes, the 52 weeks and the states.
    static let requiredInREST: UInt64 = 0xe004dffe
    static let required: UInt64 = 0xe004dfff

    var ticker: Ticker

    mutating func clearOptionals() {
        ticker.side = nil
        ticker.accAskVolume = nil
        ticker.accBidVolume = nil
        ticker.highest52WeekPrice = nil
        ticker.highest52WeekDate = nil
        ticker.lowest52WeekPrice = nil
        ticker.lowest52WeekDate = nil
        ticker.marketState = nil
        ticker.isTradingSuspended = nil
        ticker.delistingDate = nil
        ticker.hasWarning = nil
        ticker.streamType = nil
    }

    @inline(__always)
    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 0: try scanner.word(Word.ticker)
        case 1: ticker.symbol = try scanner.symbol()
        case 2: ticker.openingPrice = try scanner.amount()
        case 3: ticker.highPrice = try scanner.amount()
        case 4: ticker.lowPrice = try scanner.amount()
        case 5: ticker.tradePrice = try scanner.amount()
        case 6: ticker.prevClosingPrice = try scanner.amount()
        case 7: ticker.accValue = try scanner.total()
        case 8: ticker.change = try scanner.change()
        case 9: ticker.changePrice = try scanner.sum()
        case 10: ticker.signedChangePrice = try scanner.sum()
        case 11: ticker.changeRate = try scanner.double()
        case 12: ticker.signedChangeRate = try scanner.double()
        case 13: ticker.side = try scanner.optionalSide()
        case 14: ticker.tradeVolume = try scanner.amount()
        case 15: ticker.accVolume = try scanner.total()
        case 16, 17: try scanner.skipText()
        case 18: ticker.tradeTime = try scanner.milliseconds()
        case 29: ticker.time = try scanner.milliseconds()
        case 30: ticker.accValue24h = try scanner.total()
        case 31: ticker.accVolume24h = try scanner.total()
        default: try readRare(field, &scanner)
        }
    }

    @inline(__always)
    private mutating func readRare(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 19: ticker.accAskVolume = try scanner.optionalTotal()
        case 20: ticker.accBidVolume = try scanner.optionalTotal()
        case 21: ticker.highest52WeekPrice = try scanner.optionalAmount()
        case 22: ticker.highest52WeekDate = try scanner.optionalDate()
        case 23: ticker.lowest52WeekPrice = try scanner.optionalAmount()
        case 24: ticker.lowest52WeekDate = try scanner.optionalDate()
        case 25: ticker.marketState = try scanner.optionalMarketState()
        case 26: ticker.isTradingSuspended = try scanner.skipNull() ? nil : scanner.bool()
        case 27: ticker.delistingDate = try scanner.optionalDate()
        case 28: ticker.hasWarning = try scanner.optionalWarning()
        default: ticker.streamType = try scanner.optionalStreamType()
        }
    }
}
