import Market

/// A candle of either origin.
struct CandleReader: FieldReader {
    static let fields: [(long: String, short: String)] = [
        ("type", "ty"), ("code", "cd"), ("candle_date_time_utc", "cdttmu"),
        ("candle_date_time_kst", "cdttmk"),
        ("opening_price", "op"), ("high_price", "hp"), ("low_price", "lp"), ("trade_price", "tp"),
        ("candle_acc_trade_volume", "catv"), ("candle_acc_trade_price", "catp"), ("timestamp", "tms"),
        ("stream_type", "st"),
    ]
    static let restFields: [(long: String, short: String)] =
        fields.map { $0.long == "code" ? ("market", "market") : ($0.long, $0.long) }
    static let required: UInt64 = 0b111_1111_0111
    static let requiredInREST: UInt64 = 0b111_1111_0110

    var message: CandleMessage

    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 0:
            let start = scanner.position
            guard let timeframe = Timeframe(streamType: try scanner.shortText()) else {
                scanner.position = start
                throw .badValue
            }
            message.candle.timeframe = timeframe
        case 1: message.candle.symbol = try scanner.symbol()
        case 2: message.candle.time = try scanner.instantText()
        case 3: try scanner.skipValue()
        case 4: message.candle.open = try scanner.positiveAmount()
        case 5: message.candle.high = try scanner.positiveAmount()
        case 6: message.candle.low = try scanner.positiveAmount()
        case 7: message.candle.close = try scanner.positiveAmount()
        case 8: message.candle.volume = try scanner.total()
        case 9: message.candle.value = try scanner.total()
        case 10: message.lastTickAt = try scanner.milliseconds()
        default: message.streamType = try scanner.optionalStreamType()
        }
    }
}

extension Timeframe {
    /// `candle.1m` and so on, which end at four hours.
    init?(streamType: ShortText) {
        let text = streamType.string
        guard text.hasPrefix("candle."), let timeframe = Timeframe(unitName: text.dropFirst(7)) else {
            return nil
        }
        self = timeframe
    }

    /// The exchange's `60m` is our `1h`.
    package init?(unitName: some StringProtocol) {
        switch unitName {
        case "60m": self = .hour1
        case "240m": self = .hour4
        default:
            guard let timeframe = Timeframe(rawValue: String(unitName)), timeframe < .hour1 else {
                return nil
            }
            self = timeframe
        }
    }

    /// The type of a subscription, `candle.60m`; nil for timeframes that the WebSocket does not have.
    package var streamTypeName: String? {
        switch self {
        case .hour1: "candle.60m"
        case .hour4: "candle.240m"
        case .day1, .week1, .month1: nil
        default: "candle.\(rawValue)"
        }
    }
}
