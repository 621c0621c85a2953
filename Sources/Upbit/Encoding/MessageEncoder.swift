import Market

/// Writes messages as the exchange does, in any of its formats: for the built-in exchange and for tests.
package struct MessageEncoder: Sendable {
    package let format: WireFormat
    /// Which clock `trade_date` and `trade_time` show: UTC, or Korea's nine hours later.
    package let clockOffsetSeconds: Int64
    package let questions: OpenQuestions
    /// The depth that an order book was asked for with; in its code where the exchange keeps it there.
    package var depth: Int?

    package init(
        format: WireFormat, clockOffsetSeconds: Int64 = 0, questions: OpenQuestions = OpenQuestions()
    ) {
        self.format = format
        self.clockOffsetSeconds = clockOffsetSeconds
        self.questions = questions
    }

    /// One frame with one message.
    package func frame(_ message: Message) -> [UInt8] {
        var writer = JSONWriter()
        let isListed = format.isList && (questions.listsServiceMessages || message.isMarketData)
        if isListed { writer.open(0x5B) }
        append(message, to: &writer)
        if isListed { writer.close(0x5D) }
        return writer.bytes
    }

    /// Messages as frames: a list format takes neighbouring market data in one frame, the others one each.
    package func frames(_ messages: [Message]) -> [[UInt8]] {
        guard format.isList else { return messages.map(frame) }
        var frames: [[UInt8]] = []
        var rest = messages[...]
        while let first = rest.first {
            let run = rest.prefix { questions.listsServiceMessages || $0.isMarketData }
            guard !run.isEmpty else {
                frames.append(frame(first))
                rest = rest.dropFirst()
                continue
            }
            var writer = JSONWriter()
            writer.open(0x5B)
            for message in run { append(message, to: &writer) }
            writer.close(0x5D)
            frames.append(writer.bytes)
            rest = rest.dropFirst(run.count)
        }
        return frames
    }

    private func append(_ message: Message, to writer: inout JSONWriter) {
        writer.open(0x7B)
        appendFields(message, to: &writer, isREST: false)
        writer.close(0x7D)
    }

    /// The fields of an object whose bracket has been written. REST has no type and says `market`.
    func appendFields(_ message: Message, to writer: inout JSONWriter, isREST: Bool) {
        switch message {
        case .trade(let trade): append(trade, to: &writer)
        case .ticker(let ticker):
            head("ticker", ticker.symbol, isREST, &writer)
            append(ticker, to: &writer)
        case .orderBook(let book):
            head("orderbook", book.symbol, isREST, &writer)
            append(book, to: &writer)
        case .candle(let candle): append(candle, to: &writer)
        case .status(let status):
            writer.key("status")
            writer.string(status)
        case .refusal(let refusal):
            writer.key("error")
            writer.open(0x7B)
            writer.key("message")
            writer.string(refusal.message)
            writer.key("name")
            writer.string(refusal.name)
            writer.close(0x7D)
        case .subscriptions(let answer): append(answer, to: &writer)
        }
    }

    private func head(_ type: String, _ symbol: Symbol, _ isREST: Bool, _ writer: inout JSONWriter) {
        if isREST {
            writer.key("market")
            writer.symbol(symbol)
        } else {
            writer.string("type", "ty", in: format, type)
            let suffix = questions.keepsDepthSuffix && type == "orderbook" ? depth.map { ".\($0)" } : nil
            writer.string("code", "cd", in: format, symbol.description + (suffix ?? ""))
        }
    }

    private func append(_ message: TradeMessage, to writer: inout JSONWriter) {
        let trade = message.trade
        let clock = CivilTime(trade.time.adding(seconds: clockOffsetSeconds))
        writer.string("type", "ty", in: format, "trade")
        writer.symbol("code", "cd", in: format, trade.symbol)
        if let time = trade.publishedAt { writer.integer("timestamp", "tms", in: format, time.milliseconds) }
        writer.name("trade_date", "td", in: format)
        writer.date(clock.date)
        writer.name("trade_time", "ttm", in: format)
        writer.timeOfDay(clock)
        writer.integer("trade_timestamp", "ttms", in: format, trade.time.milliseconds)
        writer.number("trade_price", "tp", in: format, trade.price)
        writer.number("trade_volume", "tv", in: format, trade.volume)
        writer.string("ask_bid", "ab", in: format, trade.side.takerName)
        if let price = message.prevClosingPrice {
            writer.number("prev_closing_price", "pcp", in: format, price)
        }
        if let change = message.change { writer.string("change", "c", in: format, change.description) }
        if let price = message.changePrice { writer.number("change_price", "cp", in: format, price) }
        writer.integer("sequential_id", "sid", in: format, trade.sequentialID)
        if let price = message.bestAskPrice {
            writer.number("best_ask_price", "bap", in: format, price, isPlain: true)
        }
        if let size = message.bestAskVolume {
            writer.number("best_ask_size", "bas", in: format, size, isPlain: true)
        }
        if let price = message.bestBidPrice {
            writer.number("best_bid_price", "bbp", in: format, price, isPlain: true)
        }
        if let size = message.bestBidVolume {
            writer.number("best_bid_size", "bbs", in: format, size, isPlain: true)
        }
        streamType(message.streamType, &writer)
    }

    private func append(_ ticker: Ticker, to writer: inout JSONWriter) {
        let clock = CivilTime(ticker.tradeTime.adding(seconds: clockOffsetSeconds))
        writer.number("opening_price", "op", in: format, ticker.openingPrice)
        writer.number("high_price", "hp", in: format, ticker.highPrice)
        writer.number("low_price", "lp", in: format, ticker.lowPrice)
        writer.number("trade_price", "tp", in: format, ticker.tradePrice)
        writer.number("prev_closing_price", "pcp", in: format, ticker.prevClosingPrice)
        writer.number("acc_trade_price", "atp", in: format, ticker.accValue)
        writer.string("change", "c", in: format, ticker.change.description)
        writer.number("change_price", "cp", in: format, ticker.changePrice)
        writer.number("signed_change_price", "scp", in: format, ticker.signedChangePrice)
        writer.double("change_rate", "cr", in: format, ticker.changeRate)
        writer.double("signed_change_rate", "scr", in: format, ticker.signedChangeRate)
        if let side = ticker.side { writer.string("ask_bid", "ab", in: format, side.takerName) }
        writer.number("trade_volume", "tv", in: format, ticker.tradeVolume)
        writer.number("acc_trade_volume", "atv", in: format, ticker.accVolume)
        writer.string("trade_date", "tdt", in: format, clock.date.compactText)
        writer.string(
            "trade_time", "ttm", in: format, clock.text.dropFirst(11).prefix(8).filter { $0 != ":" })
        writer.integer("trade_timestamp", "ttms", in: format, ticker.tradeTime.milliseconds)
        appendRare(ticker, to: &writer)
        writer.integer("timestamp", "tms", in: format, ticker.time.milliseconds)
        writer.number("acc_trade_price_24h", "atp24h", in: format, ticker.accValue24h)
        writer.number("acc_trade_volume_24h", "atv24h", in: format, ticker.accVolume24h)
        streamType(ticker.streamType, &writer)
    }

    private func appendRare(_ ticker: Ticker, to writer: inout JSONWriter) {
        if let volume = ticker.accAskVolume { writer.number("acc_ask_volume", "aav", in: format, volume) }
        if let volume = ticker.accBidVolume { writer.number("acc_bid_volume", "abv", in: format, volume) }
        if let price = ticker.highest52WeekPrice {
            writer.number("highest_52_week_price", "h52wp", in: format, price)
        }
        if let date = ticker.highest52WeekDate {
            writer.string("highest_52_week_date", "h52wdt", in: format, date.description)
        }
        if let price = ticker.lowest52WeekPrice {
            writer.number("lowest_52_week_price", "l52wp", in: format, price)
        }
        if let date = ticker.lowest52WeekDate {
            writer.string("lowest_52_week_date", "l52wdt", in: format, date.description)
        }
        if let state = ticker.marketState {
            writer.string("market_state", "ms", in: format, state.description)
        }
        if let flag = ticker.isTradingSuspended {
            writer.bool("is_trading_suspended", "its", in: format, flag)
        }
        if let date = ticker.delistingDate {
            writer.open("delisting_date", "dd", in: format, 0x7B)
            for (name, part) in [("year", date.year), ("month", date.month), ("day", date.day)] {
                writer.key(name)
                writer.integer(Int64(part))
            }
            writer.close(0x7D)
        } else if ticker.marketState != nil {
            writer.null("delisting_date", "dd", in: format)
        }
        if let flag = ticker.hasWarning {
            writer.string("market_warning", "mw", in: format, flag ? "CAUTION" : "NONE")
        }
    }

    private func append(_ book: OrderBook, to writer: inout JSONWriter) {
        writer.integer("timestamp", "tms", in: format, book.time.milliseconds)
        writer.number("total_ask_size", "tas", in: format, book.totalAskVolume)
        writer.number("total_bid_size", "tbs", in: format, book.totalBidVolume)
        writer.open("orderbook_units", "obu", in: format, 0x5B)
        let none = BookLevel(price: .zero, volume: .zero)
        let isPadded = questions.thinBook == .zeros
        let (least, most) = (min(book.asks.count, book.bids.count), max(book.asks.count, book.bids.count))
        for index in 0..<(isPadded ? most : least) {
            let ask = index < book.asks.count ? book.asks[index] : none
            let bid = index < book.bids.count ? book.bids[index] : none
            writer.open(0x7B)
            writer.number("ask_price", "ap", in: format, ask.price, isPlain: true)
            writer.number("bid_price", "bp", in: format, bid.price, isPlain: true)
            writer.number("ask_size", "as", in: format, ask.volume, isPlain: true)
            writer.number("bid_size", "bs", in: format, bid.volume, isPlain: true)
            writer.close(0x7D)
        }
        writer.close(0x5D)
        streamType(book.streamType, &writer)
        if let level = book.level { writer.number("level", "lv", in: format, level, isPlain: true) }
    }

    private func append(_ message: CandleMessage, to writer: inout JSONWriter) {
        let candle = message.candle
        writer.string(
            "type", "ty", in: format, candle.timeframe.streamTypeName ?? "candle.\(candle.timeframe)")
        writer.symbol("code", "cd", in: format, candle.symbol)
        writer.string("candle_date_time_utc", "cdttmu", in: format, CivilTime(candle.time).text)
        let korean = candle.time.adding(seconds: Instant.koreanOffsetSeconds)
        writer.string("candle_date_time_kst", "cdttmk", in: format, CivilTime(korean).text)
        writer.number("opening_price", "op", in: format, candle.open)
        writer.number("high_price", "hp", in: format, candle.high)
        writer.number("low_price", "lp", in: format, candle.low)
        writer.number("trade_price", "tp", in: format, candle.close)
        writer.number("candle_acc_trade_volume", "catv", in: format, candle.volume)
        writer.number("candle_acc_trade_price", "catp", in: format, candle.value)
        writer.integer("timestamp", "tms", in: format, message.lastTickAt.milliseconds)
        streamType(message.streamType, &writer)
    }

    private func append(_ answer: SubscriptionsMessage, to writer: inout JSONWriter) {
        writer.string("method", "mthd", in: format, "LIST_SUBSCRIPTIONS")
        writer.open("result", "rslt", in: format, 0x5B)
        for entry in answer.entries {
            writer.open(0x7B)
            writer.string("type", "ty", in: format, entry.type)
            writer.open("codes", "cds", in: format, 0x5B)
            for code in entry.codes { writer.string(code) }
            writer.close(0x5D)
            if let level = entry.level { writer.raw("level", "lv", in: format, level) }
            writer.close(0x7D)
        }
        writer.close(0x5D)
        if let ticket = answer.ticket { writer.string("ticket", "tckt", in: format, ticket) }
    }

    private func streamType(_ type: StreamType?, _ writer: inout JSONWriter) {
        if let type { writer.string("stream_type", "st", in: format, type.description) }
    }
}
