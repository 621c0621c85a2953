import Market

/// What some trades come to. Sums wrap instead of trapping: figures of the exchange may be anything.
package struct TradeFigures: Hashable, Sendable {
    package var volume: Decimal16
    package var value: Decimal16

    package init(volume: Decimal16 = .zero, value: Decimal16 = .zero) {
        self.volume = volume
        self.value = value
    }

    package static let zero = TradeFigures()

    package var isZero: Bool { volume.isZero && value.isZero }

    package static func + (left: TradeFigures, right: TradeFigures) -> TradeFigures {
        TradeFigures(
            volume: Decimal16(unscaled: left.volume.unscaled &+ right.volume.unscaled),
            value: Decimal16(unscaled: left.value.unscaled &+ right.value.unscaled))
    }

    package static func - (left: TradeFigures, right: TradeFigures) -> TradeFigures {
        TradeFigures(
            volume: Decimal16(unscaled: left.volume.unscaled &- right.volume.unscaled),
            value: Decimal16(unscaled: left.value.unscaled &- right.value.unscaled))
    }

    package static func += (left: inout TradeFigures, right: TradeFigures) { left = left + right }

    /// Of one trade; what does not fit wraps.
    package init(price: Decimal8, volume: Decimal8) {
        self.volume = Decimal16(unscaled: volume.unscaled &* 100_000_000)
        value = Decimal16(unscaled: price.unscaled &* volume.unscaled)
    }

    package init(_ trade: Trade) { self.init(price: trade.price, volume: trade.volume) }
}
