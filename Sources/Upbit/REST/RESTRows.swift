import Market

/// A row of `/trades/ticks`: `timestamp` is the time of execution here.
struct TradeRowReader: FieldReader {
    static let fields: [(long: String, short: String)] = [
        "market", "trade_date_utc", "trade_time_utc", "timestamp", "trade_price", "trade_volume",
        "prev_closing_price", "change_price", "ask_bid", "sequential_id",
    ].map { ($0, $0) }
    static let required: UInt64 = 0b11_0011_1001

    var row: TradeRow

    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 0: row.trade.symbol = try scanner.symbol()
        case 1, 2: try scanner.skipValue()
        case 3: row.trade.time = try scanner.milliseconds()
        case 4: row.trade.price = try scanner.positiveAmount()
        case 5: row.trade.volume = try scanner.positiveAmount()
        case 6: row.prevClosingPrice = try scanner.optionalAmount()
        case 7: row.changePrice = try scanner.optionalSum()
        case 8: row.trade.side = try scanner.side()
        default: row.trade.sequentialID = try scanner.integer()
        }
    }
}

/// A candle of REST: the WebSocket's fields and some more.
struct CandleRowReader: FieldReader {
    static let fields: [(long: String, short: String)] =
        CandleReader.restFields
        + ["prev_closing_price", "change_price", "change_rate", "first_day_of_period"].map { ($0, $0) }

    private static let firstExtra = UInt8(CandleReader.fields.count)

    var row: CandleRow
    private var common: CandleReader

    init(_ row: CandleRow) {
        self.row = row
        common = CandleReader(
            message: CandleMessage(row.candle, lastTickAt: row.lastTickAt, receivedAt: row.lastTickAt))
    }

    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        // REST has no type: whatever stands there does not matter.
        case 0: try scanner.skipValue()
        case Self.firstExtra: row.prevClosingPrice = try scanner.optionalAmount()
        case Self.firstExtra + 1: row.changePrice = try scanner.optionalSum()
        case Self.firstExtra + 2: row.changeRate = try scanner.skipNull() ? nil : scanner.double()
        case Self.firstExtra + 3: row.firstDayOfPeriod = try scanner.optionalDate()
        default: try common.read(field, &scanner)
        }
    }

    var finished: CandleRow {
        var row = row
        row.candle = common.message.candle
        row.lastTickAt = common.message.lastTickAt
        return row
    }
}

/// A row of `/market/all`.
struct MarketRowReader: FieldReader {
    static let fields: [(long: String, short: String)] = [
        "market", "korean_name", "english_name", "market_event", "market_warning",
    ].map { ($0, $0) }
    static let required: UInt64 = 0b111
    private static let nameBytesMax = 512

    var listing = MarketListing(symbol: .blank, koreanName: "", englishName: "")

    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 0: listing.symbol = try scanner.symbol()
        case 1: listing.koreanName = try scanner.string(bytesMax: Self.nameBytesMax)
        case 2: listing.englishName = try scanner.string(bytesMax: Self.nameBytesMax)
        case 3: try readEvent(&scanner)
        default:
            // The older word for the same.
            if try scanner.optionalWarning() == true { listing.hasWarning = true }
        }
    }

    private mutating func readEvent(_ scanner: inout JSONScanner) throws(JSONFault) {
        if try scanner.skipNull() { return }
        try scanner.openObject()
        var hasWarning = false
        var cautions: [String] = []
        try ServiceReader.eachField(&scanner) { (key, scanner) throws(JSONFault) in
            switch key {
            case "warning": hasWarning = try scanner.bool()
            case "caution": cautions = try Self.readCautions(&scanner)
            default: return false
            }
            return true
        }
        listing.hasWarning = listing.hasWarning || hasWarning
        listing.cautions = cautions
    }

    /// Names of cautions are longer than other keys.
    private static func readCautions(_ scanner: inout JSONScanner) throws(JSONFault) -> [String] {
        if try scanner.skipNull() { return [] }
        try scanner.openObject()
        var cautions: [String] = []
        if try scanner.isEmpty(closing: 0x7D) { return [] }
        repeat {
            let name = try scanner.string(bytesMax: 64)
            try scanner.skipColon()
            if try scanner.bool(), cautions.count < 64 { cautions.append(name) }
        } while try scanner.hasNext(closing: 0x7D)
        return cautions.sorted()
    }
}

/// A row of `/orderbook/instruments`, where numbers are strings.
struct InstrumentRowReader: FieldReader {
    static let fields: [(long: String, short: String)] = [
        "market", "quote_currency", "tick_size", "supported_levels",
    ].map { ($0, $0) }
    static let required: UInt64 = 0b101

    var instrument = Instrument(symbol: .blank, tickSize: .zero, supportedLevels: [])

    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 0: instrument.symbol = try scanner.symbol()
        case 1: try scanner.skipValue()
        case 2: instrument.tickSize = try Self.quotedAmount(&scanner)
        default:
            instrument.supportedLevels = try scanner.list(countMax: 64) { (scanner) throws(JSONFault) in
                try Self.quotedAmount(&scanner)
            }
        }
    }

    private static func quotedAmount(_ scanner: inout JSONScanner) throws(JSONFault) -> Decimal8 {
        guard try scanner.peek() == 0x22 else { return try scanner.amount() }
        let start = scanner.position
        let text = try scanner.string(bytesMax: 64)
        guard let amount = try? Decimal8(text), !amount.isNegative else {
            scanner.position = start
            throw .badValue
        }
        return amount
    }
}
