/// Finds out what an object is before it is read.
enum MessageHead {
    static let fields: [(long: String, short: String)] = [
        ("type", "ty"), ("status", "status"), ("error", "error"), ("method", "mthd"),
    ]
    private static let fieldsCount = 4

    /// The kind of the object whose bracket has just been passed. The scanner stands behind the type when
    /// that is the first field; otherwise the caller sets the position back.
    @inline(__always)
    static func kind(
        _ scanner: inout JSONScanner, _ keys: borrowing KeyMap, isTypeFirst: inout Bool, isShort: inout Bool
    ) throws(JSONFault) -> MessageKind {
        var previous = keys.opening
        if scanner.position < scanner.end, scanner.byte(scanner.position) == 0x22 {
            let field = try scanner.key(keys, &previous)
            if field == 0 {
                isTypeFirst = true
                isShort = previous >= fieldsCount
                let text = try scanner.shortText()
                if text.isWord(Word.trade) { return .trade }
                if text.isWord(Word.ticker) { return .ticker }
                return try otherKind(text)
            }
            return try search(&scanner, keys, field)
        }
        return try search(&scanner, keys, nil)
    }

    @inline(never)
    private static func otherKind(_ type: ShortText) throws(JSONFault) -> MessageKind {
        switch type {
        case ShortText(Word.trade, 0, 0, count: 5): .trade
        case ShortText(Word.ticker, 0, 0, count: 6): .ticker
        case ShortText("orderbook" as StaticString): .orderBook
        default:
            if type.withBytes({ $0.starts(with: "candle.".utf8) }) { .candle } else { throw .unknownType }
        }
    }

    /// The type does not stand first: look at every key.
    @inline(never)
    private static func search(
        _ scanner: inout JSONScanner, _ keys: borrowing KeyMap, _ first: UInt8?
    ) throws(JSONFault) -> MessageKind {
        var pending = first
        if pending == nil {
            if try scanner.isEmpty(closing: 0x7D) { throw .unknownType }
        }
        var previous = keys.opening
        repeat {
            let field: UInt8
            if let known = pending {
                field = known
                pending = nil
            } else {
                field = try scanner.key(keys, &previous)
            }
            switch field {
            case 0: return try otherKind(try scanner.shortText())
            case 1: return .status
            case 2: return .error
            case 3: return .subscriptions
            default: try scanner.skipValue()
            }
        } while try scanner.hasNext(closing: 0x7D)
        throw .unknownType
    }
}
