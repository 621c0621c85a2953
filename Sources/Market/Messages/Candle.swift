/// The trades of one interval in figures. An interval without a trade has no candle.
///
/// What only our own trades tell (counts, sides, first and last ids) is absent in the exchange's.
package struct Candle: Hashable, Sendable {
    /// The start of the interval.
    package var time: Instant
    package var symbol: Symbol
    package var timeframe: Timeframe
    package var open: Decimal8
    package var high: Decimal8
    package var low: Decimal8
    package var close: Decimal8
    package var volume: Decimal16
    /// The sum of price × volume, in the quote currency.
    package var value: Decimal16
    package var trades: Int64?
    package var buyVolume: Decimal16?
    package var sellVolume: Decimal16?
    package var firstTime: Instant?
    package var firstID: Int64?
    package var lastTime: Instant?
    package var lastID: Int64?
    package var source: CandleSource
    /// No gap overlaps the interval.
    package var isComplete: Bool
    package var revision: Int64

    package init(
        time: Instant, symbol: Symbol, timeframe: Timeframe, open: Decimal8, high: Decimal8, low: Decimal8,
        close: Decimal8, volume: Decimal16, value: Decimal16, source: CandleSource, isComplete: Bool = true,
        revision: Int64 = 0
    ) {
        self.time = time
        self.symbol = symbol
        self.timeframe = timeframe
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.value = value
        self.source = source
        self.isComplete = isComplete
        self.revision = revision
    }

    /// value / volume, rounded half-even to 12 decimals; nil without volume.
    package var vwap: Decimal16? { Decimal16.average(value: value, volume: volume) }

    /// The half-open interval.
    package var interval: Range<Instant> { time..<timeframe.next(after: time) }
}
