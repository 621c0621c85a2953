import Market
import Upbit

// What the market does, told to those who listen.
extension SocketHub {
    mutating func handle(_ event: VenueEvent) {
        switch event {
        case .trade(let market, let trade, let published): handle(trade, of: market, published: published)
        case .book(let market, let milliseconds): sendBook(of: market, milliseconds: milliseconds)
        case .second(let milliseconds):
            for (market, trade) in held where trade.published + Self.holdMillisecondsMax <= milliseconds {
                release(market)
            }
            for market in candles.indices where !candles[market].isEmpty { sendCandles(of: market) }
        }
    }

    private mutating func handle(_ trade: ModelTrade, of market: Int, published: Int64) {
        let spec = venue.spec(market)
        let fate = fates.fate(trade, of: spec.symbol, published: published)
        entries.append(
            LedgerEntry(
                symbol: spec.symbol, trade: trade, publishedMilliseconds: published,
                fate: entryFate(fate)))
        let time = questions.candleClock == .execution ? trade.milliseconds : published
        for timeframe in candles[market].keys { candles[market][timeframe]?.add(trade, at: time) }
        switch fate {
        case .lost, .dropped: break
        case .corrupted: sendBroken(trade, of: market, published: published)
        case .reordered:
            if held[market] == nil {
                held[market] = (trade, published)
            } else {
                sendTrade(trade, of: market, published: published)
            }
        case .duplicated:
            sendTrade(trade, of: market, published: published)
            sendTrade(trade, of: market, published: published)
        case .normal: sendTrade(trade, of: market, published: published)
        }
        if held[market]?.trade != trade { release(market) }
        sendTicker(of: market, published: published)
    }

    /// In maintenance nothing is sent, so trades are known to REST alone.
    private func entryFate(_ fate: TradeFates.Fate) -> LedgerEntry.Fate {
        switch fate {
        case .lost: .lost
        case .dropped, .corrupted: .dropped
        default: faults.maintenance ? .dropped : .printed
        }
    }

    private mutating func release(_ market: Int) {
        guard let late = held.removeValue(forKey: market) else { return }
        sendTrade(late.trade, of: market, published: late.published)
    }

    private mutating func tradeMessage(
        _ trade: ModelTrade, of market: Int, published: Int64, _ stream: StreamType
    ) -> Message {
        let previous = venue.previousClose(market)
        return .trade(
            Translation(spec: venue.spec(market)).message(
                trade, published: published, previousClose: previous, book: venue.book(market), stream))
    }

    private mutating func sendTrade(_ trade: ModelTrade, of market: Int, published: Int64) {
        let wanted = listeners[market].trades
        guard !wanted.isEmpty else { return }
        send(tradeMessage(trade, of: market, published: published, .realtime), to: wanted)
    }

    /// Half of the frame, which is no JSON.
    private mutating func sendBroken(_ trade: ModelTrade, of market: Int, published: Int64) {
        let message = tradeMessage(trade, of: market, published: published, .realtime)
        for id in listeners[market].trades {
            guard let format = sessions[id]?.format else { continue }
            let frame = encoder(format).frame(message)
            emit(Array(frame.prefix(frame.count / 2)), to: id)
        }
    }

    private mutating func sendTicker(of market: Int, published: Int64) {
        let wanted = listeners[market].tickers
        guard !wanted.isEmpty, let figures = venue.ticker(market) else { return }
        let ticker = Translation(spec: venue.spec(market)).ticker(
            figures, milliseconds: published, .realtime)
        send(.ticker(ticker), to: wanted)
    }

    private mutating func sendBook(of market: Int, milliseconds: Int64) {
        let wanted = Dictionary(grouping: listeners[market].books, by: \.book)
        for (book, sessions) in wanted.sorted(by: {
            ($0.key.depth, $0.key.level, $0.key.asked) < ($1.key.depth, $1.key.level, $1.key.asked)
        }) {
            guard let message = bookMessage(market, book, milliseconds, .realtime) else { continue }
            send(message, to: sessions.map(\.session), depth: book.askedDepth)
        }
    }

    /// Nil before the first trade and for a level that the market does not have: silence.
    private func bookMessage(
        _ market: Int, _ book: Listeners.Book, _ milliseconds: Int64, _ stream: StreamType
    ) -> Message? {
        guard let last = venue.last(market) else { return nil }
        let levels = PriceLevels.supported(
            venue.model(market), price: last.price, minute: milliseconds / 60_000)
        guard levels.contains(book.level) else { return nil }
        return .orderBook(
            Translation(spec: venue.spec(market)).orderBook(
                venue.book(market), after: last, milliseconds: milliseconds, depth: book.depth,
                level: book.level, thinBook: questions.thinBook, stream))
    }

    private mutating func sendCandles(of market: Int) {
        let model = venue.model(market)
        for timeframe in candles[market].keys.sorted() {
            guard let figures = candles[market][timeframe]?.takeChange() else { continue }
            let message = Translation(spec: model.spec).candleMessage(
                figures, timeframe, model: model, .realtime)
            let wanted = listeners[market].candles.filter { $0.timeframe == timeframe }
            send(.candle(message), to: wanted.map(\.session))
        }
    }
}

// The first state, and what follows.
extension SocketHub {
    mutating func subscribe(_ id: Int, _ subscription: Subscription) {
        for symbol in subscription.symbols {
            guard let market = venue.number(of: symbol) else { continue }
            if subscription.delivery != .realtimeOnly { sendSnapshot(id, subscription, market) }
            if subscription.delivery != .snapshotOnly { listen(id, subscription, market) }
        }
    }

    private func wantedBook(_ subscription: Subscription) -> Listeners.Book {
        Listeners.Book(
            askedDepth: subscription.depth, level: Int64(clamping: subscription.level?.unscaled ?? 0))
    }

    private mutating func listen(_ id: Int, _ subscription: Subscription, _ market: Int) {
        switch subscription.channel {
        case .trade: listeners[market].trades.append(id)
        case .ticker: listeners[market].tickers.append(id)
        case .orderBook:
            listeners[market].books.append((id, wantedBook(subscription)))
            venue.watchBook(market, true)
        case .candle(let timeframe):
            listeners[market].candles.append((id, timeframe))
            _ = liveCandle(market, timeframe)
        }
    }

    private mutating func liveCandle(_ market: Int, _ timeframe: Timeframe) -> LiveCandle? {
        if let known = candles[market][timeframe] { return known }
        guard let unit = CandleUnit(streamOf: timeframe) else { return nil }
        var history = venue.history(market)
        let newest = history.candles(
            unit, before: venue.now + 1, seen: venue.now, count: 1, clock: questions.candleClock
        ).first
        let candle = LiveCandle(unit, newest: newest)
        candles[market][timeframe] = candle
        return candle
    }

    private mutating func sendSnapshot(_ id: Int, _ subscription: Subscription, _ market: Int) {
        let now = venue.now
        let model = venue.model(market)
        switch subscription.channel {
        case .trade:
            guard let last = venue.last(market) else { return }
            // A trade that nobody was to see is not shown as the last one either.
            let published = model.publication(last.milliseconds)
            guard fates.fate(last, of: model.spec.symbol, published: published) != .lost else { return }
            send(tradeMessage(last, of: market, published: published, .snapshot), to: id)
        case .ticker:
            guard let figures = venue.ticker(market) else { return }
            send(
                .ticker(Translation(spec: model.spec).ticker(figures, milliseconds: now, .snapshot)), to: id)
        case .orderBook:
            if let message = bookMessage(market, wantedBook(subscription), now, .snapshot) {
                send(message, to: [id], depth: subscription.depth)
            }
        case .candle(let timeframe):
            guard let newest = liveCandle(market, timeframe)?.current else { return }
            send(
                .candle(
                    Translation(spec: model.spec).candleMessage(newest, timeframe, model: model, .snapshot)),
                to: id)
        }
    }
}
