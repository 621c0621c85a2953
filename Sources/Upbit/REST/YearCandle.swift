import Market

/// A row of `/candles/years`.
package struct YearCandle: Sendable, Equatable {
    package let symbol: Symbol
    package let year: Int
    package let open: Decimal8
    package let high: Decimal8
    package let low: Decimal8
    package let close: Decimal8
    package let volume: Decimal16
    package let value: Decimal16
    /// Publication of the last trade in it.
    package let lastTickAt: Instant

    /// Of a row that was read as a month's: a year starts with one. Nil when it starts with another.
    init?(_ row: CandleRow) {
        let candle = row.candle
        let start = CivilTime(candle.time).date
        guard start.month == 1 else { return nil }
        symbol = candle.symbol
        year = start.year
        open = candle.open
        high = candle.high
        low = candle.low
        close = candle.close
        volume = candle.volume
        value = candle.value
        lastTickAt = row.lastTickAt
    }
}

extension RESTDecoder {
    /// Newest first.
    package func yearCandles(
        _ bytes: UnsafeRawBufferPointer, receivedAt: Instant
    ) throws(UpbitError) -> [YearCandle] {
        var years: [YearCandle] = []
        for row in try candles(bytes, .month1, receivedAt: receivedAt) {
            guard let year = YearCandle(row) else {
                throw UpbitError(
                    .undecodable(.badValue), "a candle of a year starts at \(row.candle.time)",
                    place: row.candle.symbol.description)
            }
            years.append(year)
        }
        return years
    }
}
