import Market
import Storage

/// How far a figure that the exchange printed may be from the exact sum: half a unit of the printed digits
/// or 2 ulp of the printed double, whichever is larger. In counts of 10⁻¹⁶.
package struct ProofTolerance: Hashable, Sendable {
    package var volume: Int128
    package var value: Int128

    package static let zero = ProofTolerance(volume: 0, value: 0)

    /// Volumes are counts of 10⁻⁸, so decimals that are not printed are zeros.
    private static let volumeDecimalsMin = 8

    /// Of a figure of a market that is quoted in `quote`.
    package init(_ figures: TradeFigures, quote: String) {
        volume = Self.tolerance(figures.volume, decimalsMin: Self.volumeDecimalsMin)
        value = Self.tolerance(figures.value, decimalsMin: quote == "BTC" ? 8 : 2)
    }

    private init(volume: Int128, value: Int128) {
        self.volume = volume
        self.value = value
    }

    package static func + (left: ProofTolerance, right: ProofTolerance) -> ProofTolerance {
        ProofTolerance(volume: left.volume &+ right.volume, value: left.value &+ right.value)
    }

    /// Whether a difference of this size means nothing.
    package func covers(_ difference: TradeFigures) -> Bool {
        difference.volume.unscaled.magnitude <= volume.magnitude
            && difference.value.unscaled.magnitude <= value.magnitude
    }

    /// Trailing zeros are not printed, so at least `decimalsMin` digits are taken for printed.
    static func tolerance(_ printed: Decimal16, decimalsMin: Int) -> Int128 {
        let decimals = max(decimalsMin, decimals(of: printed.unscaled))
        let unit = decimals >= Decimal16.scale ? 1 : Int128(PowersOfTen.small(Decimal16.scale - decimals))
        let halfUnit = (unit + 1) / 2
        let ulps = (2 * printed.doubleValue.ulp * 1e16).rounded(.up)
        // No sum is so large that two ulps do not fit: 2⁷⁴ × 10⁻¹⁶ at most.
        return max(halfUnit, Int128(ulps))
    }

    /// Decimals that are not zeros at the end.
    private static func decimals(of unscaled: Int128) -> Int {
        guard unscaled != 0 else { return 0 }
        var (rest, decimals) = (unscaled, Decimal16.scale)
        while decimals > 0, rest % 10 == 0 {
            rest /= 10
            decimals -= 1
        }
        return decimals
    }
}
