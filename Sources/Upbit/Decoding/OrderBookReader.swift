import Market

/// An order book of either origin, filled without allocating.
struct OrderBookReader: FieldReader {
    static let fields: [(long: String, short: String)] = [
        ("type", "ty"), ("code", "cd"), ("timestamp", "tms"), ("total_ask_size", "tas"),
        ("total_bid_size", "tbs"),
        ("orderbook_units", "obu"), ("stream_type", "st"), ("level", "lv"),
    ]
    /// The entry behind the last long name is that of the type's short name.
    static let fieldsCount = 8
    static let restFields = fields.map { $0.long == "code" ? ("market", "market") : ($0.long, $0.long) }
    static let required: UInt64 = 0b11_1111
    static let requiredInREST: UInt64 = 0b11_1110

    static let levelFields: [(long: String, short: String)] = [
        ("ask_price", "ap"), ("bid_price", "bp"), ("ask_size", "as"), ("bid_size", "bs"),
    ]

    private static let typeName = ShortText("orderbook" as StaticString)

    var book: OrderBook
    let levelKeys: LevelKeys
    private var level = LevelReader()
    private let type = Self.typeName

    init(book: OrderBook, levelKeys: LevelKeys) {
        self.book = book
        self.levelKeys = levelKeys
    }

    /// A key map that readers can share.
    final class LevelKeys {
        let keys = KeyMap(OrderBookReader.levelFields)
    }

    mutating func clear() {
        book.asks.removeAll()
        book.bids.removeAll()
        book.level = nil
        book.streamType = nil
    }

    @inline(__always)
    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        switch field {
        case 0: try scanner.word(type)
        case 1: book.symbol = try scanner.symbolWithoutDepth()
        case 2: book.time = try scanner.milliseconds()
        case 3: book.totalAskVolume = try scanner.total()
        case 4: book.totalBidVolume = try scanner.total()
        case 5: try readLevels(&scanner)
        case 6: book.streamType = try scanner.optionalStreamType()
        default: book.level = try scanner.optionalAmount()
        }
    }

    private mutating func readLevels(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard try scanner.peek() == 0x5B else { throw scanner.wrongTypeOrSyntax() }
        scanner.position &+= 1
        if try scanner.isEmpty(closing: 0x5D) { return }
        var lastField = KeyMap.unknown
        repeat {
            let start = scanner.position
            guard try scanner.peek() == 0x7B else { throw scanner.wrongTypeOrSyntax() }
            scanner.position &+= 1
            let seen = try scanner.object(&level, levelKeys.keys, lastField: &lastField)
            guard seen == 0b1111 else {
                scanner.position = start
                throw .missingField
            }
            guard append() else {
                scanner.position = start
                throw .tooManyLevels
            }
        } while try scanner.hasNext(closing: 0x5D)
    }

    /// A side without a price at this depth is padded with zeros: such a level does not exist.
    @inline(__always)
    private mutating func append() -> Bool {
        let hasAsk = level.ask.price.unscaled != 0
        let hasBid = level.bid.price.unscaled != 0
        return (!hasAsk || book.asks.append(level.ask)) && (!hasBid || book.bids.append(level.bid))
    }
}

private struct LevelReader: FieldReader {
    var ask = BookLevel(price: .zero, volume: .zero)
    var bid = BookLevel(price: .zero, volume: .zero)

    @inline(__always)
    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault) {
        let value = try scanner.amount()
        switch field {
        case 0: ask.price = value
        case 1: bid.price = value
        case 2: ask.volume = value
        default: bid.volume = value
        }
    }
}
