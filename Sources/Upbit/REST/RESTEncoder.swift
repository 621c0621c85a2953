import Market

/// Writes the answers of quotation requests as the exchange does: for the built-in exchange and for tests.
package enum RESTEncoder {
    package static func markets(_ listings: [MarketListing], hasDetails: Bool) -> [UInt8] {
        list(listings) { listing, writer in
            writer.key("market")
            writer.symbol(listing.symbol)
            writer.key("korean_name")
            writer.string(listing.koreanName)
            writer.key("english_name")
            writer.string(listing.englishName)
            guard hasDetails else { return }
            writer.key("market_event")
            writer.open(0x7B)
            writer.key("warning")
            writer.bool(listing.hasWarning)
            writer.key("caution")
            writer.open(0x7B)
            for caution in cautions {
                writer.key(caution)
                writer.bool(listing.cautions.contains(caution))
            }
            writer.close(0x7D)
            writer.close(0x7D)
        }
    }

    package static let cautions = [
        "PRICE_FLUCTUATIONS", "TRADING_VOLUME_SOARING", "DEPOSIT_AMOUNT_SOARING", "GLOBAL_PRICE_DIFFERENCES",
        "CONCENTRATION_OF_SMALL_ACCOUNTS",
    ]

    package static func candles(_ rows: [CandleRow]) -> [UInt8] {
        list(rows) { row, writer in
            let candle = row.candle
            writer.key("market")
            writer.symbol(candle.symbol)
            writer.key("candle_date_time_utc")
            writer.string(CivilTime(candle.time).text)
            writer.key("candle_date_time_kst")
            writer.string(CivilTime(candle.time.adding(seconds: Instant.koreanOffsetSeconds)).text)
            for (name, price) in [
                ("opening_price", candle.open), ("high_price", candle.high), ("low_price", candle.low),
                ("trade_price", candle.close),
            ] {
                writer.key(name)
                writer.number(price)
            }
            writer.key("timestamp")
            writer.integer(row.lastTickAt.milliseconds)
            writer.key("candle_acc_trade_price")
            writer.number(candle.value)
            writer.key("candle_acc_trade_volume")
            writer.number(candle.volume)
            appendRest(row, to: &writer)
        }
    }

    private static func appendRest(_ row: CandleRow, to writer: inout JSONWriter) {
        if let price = row.prevClosingPrice {
            writer.key("prev_closing_price")
            writer.number(price)
        }
        if let price = row.changePrice {
            writer.key("change_price")
            writer.number(price)
        }
        if let rate = row.changeRate {
            writer.key("change_rate")
            writer.double(rate)
        }
        if let day = row.firstDayOfPeriod {
            writer.key("first_day_of_period")
            writer.string(day.description)
        }
        if let seconds = row.candle.timeframe.seconds, (60..<86_400).contains(seconds) {
            writer.key("unit")
            writer.integer(seconds / 60)
        }
    }

    package static func trades(_ rows: [TradeRow]) -> [UInt8] {
        list(rows) { row, writer in
            let clock = CivilTime(row.trade.time)
            writer.key("market")
            writer.symbol(row.trade.symbol)
            writer.key("trade_date_utc")
            writer.string(clock.date.description)
            writer.key("trade_time_utc")
            writer.string(String(clock.text.dropFirst(11).prefix(8)))
            writer.key("timestamp")
            writer.integer(row.trade.time.milliseconds)
            writer.key("trade_price")
            writer.number(row.trade.price)
            writer.key("trade_volume")
            writer.number(row.trade.volume)
            if let price = row.prevClosingPrice {
                writer.key("prev_closing_price")
                writer.number(price)
            }
            if let price = row.changePrice {
                writer.key("change_price")
                writer.number(price)
            }
            writer.key("ask_bid")
            writer.string(row.trade.side.takerName)
            writer.key("sequential_id")
            writer.integer(row.trade.sequentialID)
        }
    }

    package static func instruments(_ instruments: [Instrument]) -> [UInt8] {
        list(instruments) { instrument, writer in
            writer.key("market")
            writer.symbol(instrument.symbol)
            writer.key("quote_currency")
            writer.string(instrument.symbol.quote)
            writer.key("tick_size")
            writer.string(instrument.tickSize.description)
            writer.key("supported_levels")
            writer.open(0x5B)
            for level in instrument.supportedLevels { writer.string(level.description) }
            writer.close(0x5D)
        }
    }

    /// The older answer with the levels alone, as numbers.
    package static func supportedLevels(_ instruments: [Instrument]) -> [UInt8] {
        list(instruments) { instrument, writer in
            writer.key("market")
            writer.symbol(instrument.symbol)
            writer.key("supported_levels")
            writer.open(0x5B)
            for level in instrument.supportedLevels { writer.number(level, isPlain: true) }
            writer.close(0x5D)
        }
    }

    private static func list<Row>(_ rows: [Row], _ append: (Row, inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.open(0x5B)
        for row in rows {
            writer.open(0x7B)
            append(row, &writer)
            writer.close(0x7D)
        }
        writer.close(0x5D)
        return writer.bytes
    }
}
