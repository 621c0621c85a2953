import CSimdjson
import Market
import Upbit

/// What the reference read, field by field.
struct SimdjsonMessage {
    private let message: CSMessage
    private let decimals: [Int128]
    private let integers: [Int64]
    private let rates: [Double]
    private let words: [UInt8]

    init(_ message: CSMessage) {
        self.message = message
        decimals = withUnsafeBytes(of: message.decimal) { $0.bindMemory(to: CSInt128.self).map(Self.wide) }
        integers = withUnsafeBytes(of: message.integer) { Array($0.bindMemory(to: Int64.self)) }
        rates = withUnsafeBytes(of: message.rate) { Array($0.bindMemory(to: Double.self)) }
        words = withUnsafeBytes(of: message.word) { Array($0.bindMemory(to: UInt8.self)) }
    }

    private static func wide(_ value: CSInt128) -> Int128 { Int128(value.high) << 64 | Int128(value.low) }

    /// simdjson refuses what exceeds a double or 64 bits.
    static func hasLargeNumber(_ bytes: [UInt8]) -> Bool {
        var digits = 0
        var exponent = 0
        for (index, byte) in bytes.enumerated() {
            let isDigit = (0x30...0x39).contains(byte)
            digits = isDigit ? digits + 1 : (byte == 0x2E ? digits : 0)
            if digits >= 19 { return true }
            if byte | 0x20 == 0x65, index > 0, (0x30...0x39).contains(bytes[index - 1]) {
                exponent = 1
            } else if exponent > 0 {
                exponent = isDigit ? exponent + 1 : (byte == 0x2B || byte == 0x2D ? exponent : 0)
                if exponent > 3 { return true }
            }
        }
        return false
    }

    private func has(_ field: Int) -> Bool {
        message.seen >> UInt64(field) & ~(message.null >> UInt64(field)) & 1 == 1
    }
    private func decimal(_ field: Int) -> Int128? { has(field) ? decimals[field] : nil }
    private func word(_ field: Int) -> UInt8? { has(field) ? words[field] : nil }
    private func date(_ field: Int) -> Int64? { has(field) ? integers[field] : nil }

    private var symbol: Symbol? {
        var bytes = withUnsafeBytes(of: message.symbol) { Array($0) }
        while bytes.last == 0 { bytes.removeLast() }
        return bytes.withUnsafeBytes { Symbol(bytes: $0) }
    }

    /// The first thing that is not the same; nil when everything is.
    func difference(from ours: Message) -> String? {
        switch ours {
        case .trade(let trade): first(pairs(trade))
        case .ticker(let ticker): first(pairs(ticker))
        case .orderBook(let book): first(pairs(book))
        default: "another kind"
        }
    }

    private typealias Pair = (name: String, isSame: Bool)

    private func first(_ pairs: [Pair]) -> String? { pairs.first { !$0.isSame }?.name }

    private func pairs(_ ours: TradeMessage) -> [Pair] {
        let trade = ours.trade
        let published = has(2) ? integers[2] : nil
        return [
            ("kind", message.kind == Int32(CS_TRADE.rawValue)), ("symbol", symbol == trade.symbol),
            ("published", published == trade.publishedAt?.milliseconds),
            ("time", integers[5] == trade.time.milliseconds),
            ("price", decimals[6] == trade.price.unscaled), ("volume", decimals[7] == trade.volume.unscaled),
            ("side", words[8] == trade.side.rawValue),
            ("close", decimal(9) == ours.prevClosingPrice?.unscaled),
            ("change", word(10) == ours.change?.rawValue),
            ("changed", decimal(11) == ours.changePrice?.unscaled),
            ("id", integers[12] == trade.sequentialID), ("ask", decimal(13) == ours.bestAskPrice?.unscaled),
            ("asks", decimal(14) == ours.bestAskVolume?.unscaled),
            ("bid", decimal(15) == ours.bestBidPrice?.unscaled),
            ("bids", decimal(16) == ours.bestBidVolume?.unscaled),
            ("stream", word(17) == ours.streamType?.rawValue),
        ]
    }

    private func pairs(_ ours: Ticker) -> [Pair] {
        func day(_ date: CalendarDate?) -> Int64? {
            date.map { Int64($0.year * 10_000 + $0.month * 100 + $0.day) }
        }
        let suspended: UInt8? = ours.isTradingSuspended.map { $0 ? 1 : 0 }
        let warning: UInt8? = ours.hasWarning.map { $0 ? 1 : 0 }
        let prices: [Pair] = [
            ("kind", message.kind == Int32(CS_TICKER.rawValue)), ("symbol", symbol == ours.symbol),
            ("opening", decimals[2] == ours.openingPrice.unscaled),
            ("high", decimals[3] == ours.highPrice.unscaled),
            ("low", decimals[4] == ours.lowPrice.unscaled),
            ("trade", decimals[5] == ours.tradePrice.unscaled),
            ("previous", decimals[6] == ours.prevClosingPrice.unscaled),
            ("value", decimals[7] == ours.accValue.unscaled),
            ("change", words[8] == ours.change.rawValue),
            ("changed", decimals[9] == ours.changePrice.unscaled),
            ("signed", decimals[10] == ours.signedChangePrice.unscaled),
            ("rate", rates[11] == ours.changeRate),
            ("signed rate", rates[12] == ours.signedChangeRate), ("side", word(13) == ours.side?.rawValue),
        ]
        return prices + [
            ("volume", decimals[14] == ours.tradeVolume.unscaled),
            ("sum", decimals[15] == ours.accVolume.unscaled),
            ("traded at", integers[18] == ours.tradeTime.milliseconds),
            ("time", integers[29] == ours.time.milliseconds),
            ("asks", decimal(19) == ours.accAskVolume?.unscaled),
            ("bids", decimal(20) == ours.accBidVolume?.unscaled),
            ("highest", decimal(21) == ours.highest52WeekPrice?.unscaled),
            ("its day", date(22) == day(ours.highest52WeekDate)),
            ("lowest", decimal(23) == ours.lowest52WeekPrice?.unscaled),
            ("its date", date(24) == day(ours.lowest52WeekDate)),
            ("state", word(25) == ours.marketState?.rawValue), ("suspended", word(26) == suspended),
            ("delisting", date(27) == day(ours.delistingDate)), ("warning", word(28) == warning),
            ("value of a day", decimals[30] == ours.accValue24h.unscaled),
            ("volume of a day", decimals[31] == ours.accVolume24h.unscaled),
            ("stream", word(32) == ours.streamType?.rawValue),
        ]
    }

    private func pairs(_ ours: OrderBook) -> [Pair] {
        func levels(_ side: BookSide) -> [Int128] {
            side.array.flatMap { [$0.price.unscaled, $0.volume.unscaled] }
        }
        func theirs(_ bytes: UnsafeRawBufferPointer, _ count: Int32) -> [Int128] {
            bytes.bindMemory(to: CSInt128.self).prefix(Int(count) * 2).map(Self.wide)
        }
        return [
            ("kind", message.kind == Int32(CS_ORDER_BOOK.rawValue)), ("symbol", symbol == ours.symbol),
            ("time", integers[2] == ours.time.milliseconds),
            ("asks", decimals[3] == ours.totalAskVolume.unscaled),
            ("bids", decimals[4] == ours.totalBidVolume.unscaled),
            ("stream", word(6) == ours.streamType?.rawValue),
            ("level", decimal(7) == ours.level?.unscaled),
            (
                "ask levels",
                withUnsafeBytes(of: message.ask) { theirs($0, message.asks) } == levels(ours.asks)
            ),
            (
                "bid levels",
                withUnsafeBytes(of: message.bid) { theirs($0, message.bids) } == levels(ours.bids)
            ),
        ]
    }
}
