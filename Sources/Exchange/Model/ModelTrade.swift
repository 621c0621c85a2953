import Market

/// A trade of the model, before it has a market's name: prices and volumes are counts of 10⁻⁸.
package struct ModelTrade: Sendable, Equatable {
    /// Numbers of trades in one millisecond stay below this, as the exchange's ids need it.
    package static let perMillisecondMax: Int64 = 10_000

    package var milliseconds: Int64
    /// Counts the trades of its market in this millisecond.
    package var number: Int32
    package var price: Int64
    package var volume: Int128
    /// The taker bought.
    package var isBuy: Bool

    package init(milliseconds: Int64, number: Int32, price: Int64, volume: Int128, isBuy: Bool) {
        self.milliseconds = milliseconds
        self.number = number
        self.price = price
        self.volume = volume
        self.isBuy = isBuy
    }

    /// As the exchange builds it.
    package var sequentialID: Int64 { milliseconds * Self.perMillisecondMax + Int64(number) }

    package var side: Side { isBuy ? .buy : .sell }
}
