import Market

/// The exchange's words and values.
extension JSONScanner {
    /// Moves behind a string that must be this word of up to eight bytes.
    @inline(__always)
    mutating func word(_ wanted: UInt64) throws(JSONFault) {
        let start = position
        guard try shortText().isWord(wanted) else { throw badValue(start) }
    }

    @inline(__always)
    mutating func word(_ wanted: ShortText) throws(JSONFault) {
        let start = position
        guard try shortText() == wanted else { throw badValue(start) }
    }

    @inline(__always)
    mutating func symbol() throws(JSONFault) -> Symbol {
        let start = position
        guard let symbol = try shortText().symbol else { throw badValue(start) }
        return symbol
    }

    @inline(__always)
    mutating func symbolWithoutDepth() throws(JSONFault) -> Symbol {
        let start = position
        let text = try shortText()
        if let symbol = text.symbol { return symbol }
        guard let symbol = text.symbolWithoutDepth else { throw badValue(start) }
        return symbol
    }

    @inline(__always)
    mutating func side() throws(JSONFault) -> Side {
        let start = position
        let text = try shortText()
        if text.isWord(Word.bid) { return .buy }
        guard text.isWord(Word.ask) else { throw badValue(start) }
        return .sell
    }

    @inline(__always)
    mutating func change() throws(JSONFault) -> PriceChange {
        let start = position
        let text = try shortText()
        if text.isWord(Word.rise) { return .rise }
        if text.isWord(Word.fall) { return .fall }
        guard text.isWord(Word.even) else { throw badValue(start) }
        return .even
    }

    @inline(__always)
    mutating func optionalStreamType() throws(JSONFault) -> StreamType? {
        if try skipNull() { return nil }
        let start = position
        let text = try shortText()
        if text.isWord(Word.realtime) { return .realtime }
        guard text.isWord(Word.snapshot) else { throw badValue(start) }
        return .snapshot
    }

    /// States that we do not know are kept as `.other`: the prices beside them are good.
    mutating func optionalMarketState() throws(JSONFault) -> MarketState? {
        if try skipNull() { return nil }
        let text = try shortText()
        if text.isWord(Word.active) { return .active }
        if text.isWord(Word.preview) { return .preview }
        return text.isWord(Word.delisted) ? .delisted : .other
    }

    /// `NONE` or anything else.
    mutating func optionalWarning() throws(JSONFault) -> Bool? {
        if try skipNull() { return nil }
        return try !shortText().isWord(Word.none)
    }

    @inline(__always)
    mutating func positiveAmount() throws(JSONFault) -> Decimal8 {
        let start = position
        let value = try decimal8()
        guard value.unscaled > 0 else { throw badValue(start) }
        return value
    }

    @inline(__always)
    mutating func optionalAmount() throws(JSONFault) -> Decimal8? {
        if try skipNull() { return nil }
        return try amount()
    }

    @inline(__always)
    mutating func optionalSum() throws(JSONFault) -> Decimal16? {
        if try skipNull() { return nil }
        return try sum()
    }

    @inline(__always)
    mutating func optionalTotal() throws(JSONFault) -> Decimal16? {
        if try skipNull() { return nil }
        return try total()
    }

    @inline(__always)
    mutating func optionalSide() throws(JSONFault) -> Side? {
        if try skipNull() { return nil }
        return try side()
    }

    @inline(__always)
    mutating func optionalChange() throws(JSONFault) -> PriceChange? {
        if try skipNull() { return nil }
        return try change()
    }

    @inline(__always)
    mutating func optionalMilliseconds() throws(JSONFault) -> Instant? {
        if try skipNull() { return nil }
        return try milliseconds()
    }

    /// `2026-03-11T14:40:00`, which is UTC.
    mutating func instantText() throws(JSONFault) -> Instant {
        let start = position
        guard let instant = try shortText().withBytes(InstantText.instant) else { throw badValue(start) }
        return instant
    }

    /// `2026-03-11` or `{"year":2026,"month":3,"day":11}`; null is no date.
    mutating func optionalDate() throws(JSONFault) -> CalendarDate? {
        if try skipNull() { return nil }
        let start = position
        if try peek() == 0x7B {
            guard let date = try dateObject() else { throw badValue(start) }
            return date
        }
        guard let date = try shortText().withBytes(InstantText.date) else { throw badValue(start) }
        return date
    }

    private mutating func dateObject() throws(JSONFault) -> CalendarDate? {
        position += 1
        var parts: (year: Int?, month: Int?, day: Int?)
        if try isEmpty(closing: 0x7D) { return nil }
        repeat {
            guard try peek() == 0x22 else { throw .syntax }
            let key = try shortText()
            try skipColon()
            switch key {
            case ShortText("year" as StaticString): parts.year = try datePart(parts.year)
            case ShortText("month" as StaticString): parts.month = try datePart(parts.month)
            case ShortText("day" as StaticString): parts.day = try datePart(parts.day)
            default: try skipValue()
            }
        } while try hasNext(closing: 0x7D)
        guard let year = parts.year, let month = parts.month, let day = parts.day else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    private mutating func datePart(_ before: Int?) throws(JSONFault) -> Int {
        guard before == nil else { throw .duplicateField }
        return Int(try integer())
    }

    @inline(never)
    private mutating func badValue(_ start: Int) -> JSONFault {
        position = start
        return .badValue
    }
}
