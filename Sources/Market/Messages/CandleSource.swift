/// Where a candle's figures come from.
package enum CandleSource: String, CaseIterable, Hashable, Sendable {
    /// Our own trades.
    case trades
    /// The exchange's candle.
    case exchange
    /// Both: an interval that began before we were there.
    case mixed
}
