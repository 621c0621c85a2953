import Market

/// Turns frames into values without allocating for trades, tickers and order books. Make one a connection
/// and keep it: it remembers the order of the exchange's keys.
///
///     var cursor = FrameCursor(receivedAt: now)
///     while let kind = try decoder.next(in: bytes, &cursor) {
///         if kind == .trade { take(decoder.trade) }
///     }
///
/// What a message holds is valid until the next one is read. All four formats are understood at any time.
/// A list is read object by object: an error in a later one comes after the earlier ones.
package struct MessageDecoder: ~Copyable {
    package private(set) var trade: TradeMessage
    package var ticker: Ticker { _read { yield tickerReader.ticker } }
    package var orderBook: OrderBook { _read { yield bookReader.book } }
    package var candle: CandleMessage { _read { yield candleReader.message } }
    package private(set) var status = ""
    package private(set) var refusal = RefusalMessage(name: "", message: "")
    package private(set) var subscriptions = SubscriptionsMessage(ticket: nil, entries: [])

    private var tickerReader: TickerReader
    private var bookReader: OrderBookReader
    private var candleReader: CandleReader
    private let tradeKeys = KeyMap(TradeMessage.fields)
    private let tickerKeys = KeyMap(TickerReader.fields)
    private let bookKeys = KeyMap(OrderBookReader.fields)
    private let candleKeys = KeyMap(CandleReader.fields)
    private let headKeys = KeyMap(MessageHead.fields)

    package init() {
        let none = Self.noSymbol
        trade = TradeMessage(
            Trade(
                time: .epoch, symbol: none, sequentialID: 0, price: .zero, volume: .zero, side: .buy,
                receivedAt: .epoch))
        tickerReader = TickerReader(ticker: Ticker(symbol: none))
        bookReader = OrderBookReader(book: OrderBook(symbol: none), levelKeys: .init())
        let candle = Candle(
            time: .epoch, symbol: none, timeframe: .minute1, open: .zero, high: .zero, low: .zero,
            close: .zero,
            volume: .zero, value: .zero, source: .exchange)
        candleReader = CandleReader(
            message: CandleMessage(candle, lastTickAt: .epoch, receivedAt: .epoch))
    }

    /// Stands in the values until the first message.
    private static let noSymbol = Symbol.blank

    /// Reads the next message of the frame; nil at its end.
    package mutating func next(
        in bytes: UnsafeRawBufferPointer, _ cursor: inout FrameCursor
    ) throws(UpbitError) -> MessageKind? {
        if cursor.state == .done { return nil }
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            cursor.state = .done
            throw UpbitError(.truncated, offset: 0, field: nil)
        }
        var scanner = JSONScanner(base, from: cursor.position, to: bytes.count)
        var field: String?
        do throws(JSONFault) {
            guard try beginObject(&scanner, &cursor) else { return nil }
            let kind = try decodeObject(&scanner, cursor.receivedAt, &field)
            if cursor.state == .start {
                cursor.state = .done
                try scanner.finish()
            }
            cursor.position = scanner.position
            return kind
        } catch {
            cursor.state = .done
            throw UpbitError(error, offset: scanner.position, field: field)
        }
    }

    /// Moves behind the opening bracket of the next object; false when there is none.
    @inline(__always)
    private func beginObject(
        _ scanner: inout JSONScanner, _ cursor: inout FrameCursor
    ) throws(JSONFault) -> Bool {
        scanner.skipWhitespace()
        var byte = try scanner.peek()
        if cursor.state == .start, byte == 0x5B {
            scanner.position &+= 1
            cursor.state = .insideList
            if try scanner.isEmpty(closing: 0x5D) { return try endList(&scanner, &cursor) }
            byte = try scanner.peek()
        } else if cursor.state == .insideList {
            if try !scanner.hasNext(closing: 0x5D) { return try endList(&scanner, &cursor) }
            byte = try scanner.peek()
        }
        guard byte == 0x7B else { throw scanner.wrongTypeOrSyntax() }
        scanner.position &+= 1
        return true
    }

    private func endList(_ scanner: inout JSONScanner, _ cursor: inout FrameCursor) throws(JSONFault) -> Bool
    {
        cursor.state = .done
        try scanner.finish()
        return false
    }

    @inline(__always)
    private mutating func decodeObject(
        _ scanner: inout JSONScanner, _ receivedAt: Instant, _ field: inout String?
    ) throws(JSONFault) -> MessageKind {
        let start = scanner.position
        var isTypeFirst = false
        var isShort = false
        let kind = try MessageHead.kind(&scanner, headKeys, isTypeFirst: &isTypeFirst, isShort: &isShort)
        // The type has been read when it stood first, as it does; otherwise everything is read again.
        if !isTypeFirst || kind == .candle { scanner.position = start }
        switch kind {
        case .trade:
            let entry = isTypeFirst ? (isShort ? TradeMessage.fieldsCount : 0) : nil
            try decodeTrade(&scanner, receivedAt, entry, &field)
        case .ticker:
            let entry = isTypeFirst ? (isShort ? TickerReader.fieldsCount : 0) : nil
            try decodeTicker(&scanner, receivedAt, entry, &field)
        case .orderBook:
            let entry = isTypeFirst ? (isShort ? OrderBookReader.fieldsCount : 0) : nil
            try decodeOrderBook(&scanner, receivedAt, entry, &field)
        case .candle: try decodeCandle(&scanner, receivedAt, &field)
        case .status, .error, .subscriptions: try decodeService(kind, &scanner)
        }
        return kind
    }

    private mutating func decodeTrade(
        _ scanner: inout JSONScanner, _ receivedAt: Instant, _ entry: Int?, _ field: inout String?
    ) throws(JSONFault) {
        var last = KeyMap.unknown
        do throws(JSONFault) {
            trade.clearOptionals()
            trade.trade.receivedAt = receivedAt
            let seen = try scanner.object(&trade, tradeKeys, behind: entry, lastField: &last)
            try Self.check(seen, TradeMessage.required, &last)
        } catch {
            field = Self.name(last, tradeKeys)
            throw error
        }
    }

    private mutating func decodeTicker(
        _ scanner: inout JSONScanner, _ receivedAt: Instant, _ entry: Int?, _ field: inout String?
    ) throws(JSONFault) {
        var last = KeyMap.unknown
        do throws(JSONFault) {
            tickerReader.clearOptionals()
            tickerReader.ticker.receivedAt = receivedAt
            let seen = try scanner.object(&tickerReader, tickerKeys, behind: entry, lastField: &last)
            try Self.check(seen, TickerReader.required, &last)
        } catch {
            field = Self.name(last, tickerKeys)
            throw error
        }
    }

    private mutating func decodeOrderBook(
        _ scanner: inout JSONScanner, _ receivedAt: Instant, _ entry: Int?, _ field: inout String?
    ) throws(JSONFault) {
        var last = KeyMap.unknown
        do throws(JSONFault) {
            bookReader.clear()
            bookReader.book.receivedAt = receivedAt
            let seen = try scanner.object(&bookReader, bookKeys, behind: entry, lastField: &last)
            try Self.check(seen, OrderBookReader.required, &last)
        } catch {
            field = Self.name(last, bookKeys)
            throw error
        }
    }

    private mutating func decodeCandle(
        _ scanner: inout JSONScanner, _ receivedAt: Instant, _ field: inout String?
    ) throws(JSONFault) {
        var last = KeyMap.unknown
        do throws(JSONFault) {
            candleReader.message.streamType = nil
            candleReader.message.receivedAt = receivedAt
            let seen = try scanner.object(&candleReader, candleKeys, lastField: &last)
            try Self.check(seen, CandleReader.required, &last)
            let candle = candleReader.message.candle
            guard candle.timeframe.isAligned(candle.time) else { throw .badValue }
        } catch {
            field = Self.name(last, candleKeys)
            throw error
        }
    }

    private mutating func decodeService(_ kind: MessageKind, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch kind {
        case .status: status = try ServiceReader.status(&scanner)
        case .error: refusal = try ServiceReader.refusal(&scanner)
        default: subscriptions = try ServiceReader.subscriptions(&scanner)
        }
    }

    @inline(__always)
    static func check(_ seen: UInt64, _ required: UInt64, _ last: inout UInt8) throws(JSONFault) {
        let missing = required & ~seen
        guard missing != 0 else { return }
        last = UInt8(missing.trailingZeroBitCount)
        throw .missingField
    }

    static func name(_ field: UInt8, _ keys: borrowing KeyMap) -> String? {
        Int(field) < keys.names.count ? keys.names[Int(field)] : nil
    }
}
