import Market

/// Reads the answers of quotation requests. Make one and keep it.
package struct RESTDecoder: ~Copyable {
    /// Rows of one answer: more than any documented one has.
    package static let rowsMax = 20_000

    private let tradeKeys = KeyMap(TradeRowReader.fields)
    private let candleKeys = KeyMap(CandleRowReader.fields)
    private let marketKeys = KeyMap(MarketRowReader.fields)
    private let tickerKeys = KeyMap(TickerReader.restFields)
    private let bookKeys = KeyMap(OrderBookReader.restFields)
    private let instrumentKeys = KeyMap(InstrumentRowReader.fields)
    private let levelKeys = OrderBookReader.LevelKeys()

    package init() {}

    package func markets(_ bytes: UnsafeRawBufferPointer) throws(UpbitError) -> [MarketListing] {
        try rows(bytes, marketKeys, required: MarketRowReader.required, { MarketRowReader() }, \.listing)
    }

    /// Newest first. Every candle must be of the timeframe that was asked for.
    package func candles(
        _ bytes: UnsafeRawBufferPointer, _ timeframe: Timeframe, receivedAt: Instant
    ) throws(UpbitError) -> [CandleRow] {
        let candle = Candle(
            time: .epoch, symbol: .blank, timeframe: timeframe, open: .zero, high: .zero, low: .zero,
            close: .zero, volume: .zero, value: .zero, source: .exchange)
        let empty = CandleRow(candle, lastTickAt: receivedAt)
        let rows = try rows(
            bytes, candleKeys, required: CandleReader.requiredInREST, { CandleRowReader(empty) }, \.finished)
        if let wrong = rows.first(where: { !timeframe.isAligned($0.candle.time) }) {
            throw UpbitError(
                .undecodable(.badValue), "a candle of \(timeframe) starts at \(wrong.candle.time)",
                place: wrong.candle.symbol.description)
        }
        return rows
    }

    /// Newest first.
    package func trades(
        _ bytes: UnsafeRawBufferPointer, receivedAt: Instant
    ) throws(UpbitError) -> [TradeRow] {
        let empty = TradeRow(
            Trade(
                time: .epoch, symbol: .blank, sequentialID: 0, price: .zero, volume: .zero, side: .buy,
                receivedAt: receivedAt))
        return try rows(
            bytes, tradeKeys, required: TradeRowReader.required, { TradeRowReader(row: empty) }, \.row)
    }

    package func tickers(_ bytes: UnsafeRawBufferPointer, receivedAt: Instant) throws(UpbitError) -> [Ticker]
    {
        let empty = Ticker(symbol: .blank, receivedAt: receivedAt)
        return try rows(
            bytes, tickerKeys, required: TickerReader.requiredInREST, { TickerReader(ticker: empty) },
            \.ticker)
    }

    package func orderBooks(
        _ bytes: UnsafeRawBufferPointer, receivedAt: Instant
    ) throws(UpbitError) -> [OrderBook] {
        let empty = OrderBook(symbol: .blank, receivedAt: receivedAt)
        return try rows(
            bytes, bookKeys, required: OrderBookReader.requiredInREST,
            { OrderBookReader(book: empty, levelKeys: levelKeys) }, \.book)
    }

    package func instruments(_ bytes: UnsafeRawBufferPointer) throws(UpbitError) -> [Instrument] {
        try rows(
            bytes, instrumentKeys, required: InstrumentRowReader.required, { InstrumentRowReader() },
            \.instrument)
    }

    private func rows<Reader: FieldReader, Row>(
        _ bytes: UnsafeRawBufferPointer, _ keys: borrowing KeyMap, required: UInt64, _ make: () -> Reader,
        _ row: (Reader) -> Row
    ) throws(UpbitError) -> [Row] {
        guard let base = bytes.baseAddress else { throw UpbitError(.truncated, offset: 0, field: nil) }
        var scanner = JSONScanner(base, from: 0, to: bytes.count)
        var last = KeyMap.unknown
        do throws(JSONFault) {
            scanner.skipWhitespace()
            guard try scanner.peek() == 0x5B else { throw scanner.wrongTypeOrSyntax() }
            scanner.position += 1
            var rows: [Row] = []
            if try scanner.isEmpty(closing: 0x5D) {
                try scanner.finish()
                return rows
            }
            repeat {
                guard rows.count < Self.rowsMax else { throw .tooLong }
                try scanner.openObject()
                var reader = make()
                let seen = try scanner.object(&reader, keys, lastField: &last)
                try MessageDecoder.check(seen, required, &last)
                rows.append(row(reader))
            } while try scanner.hasNext(closing: 0x5D)
            try scanner.finish()
            return rows
        } catch {
            throw UpbitError(error, offset: scanner.position, field: MessageDecoder.name(last, keys))
        }
    }
}
