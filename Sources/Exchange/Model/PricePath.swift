/// A market's price at the start of each minute, as a logarithm to base 2.
///
/// Known at anchors two years apart, and halved from there: the middle of an interval is the mean of its
/// ends plus a random part that fits the interval's length. So each minute costs twenty look-ups, and
/// neighbours much less, whatever lies between them and the anchors.
struct PricePath: Sendable {
    /// Halvings from an anchor interval to a minute: 2²⁰ minutes are two years.
    private static let levels = 20
    /// Minutes filled in together.
    static let blockLevels = 10
    static let blockMinutes: Int64 = 1 << Int64(blockLevels)

    private let key: RandomKey
    private let base: Double
    /// The deviation of one minute's change.
    private let volatility: Double

    /// `volatility` in parts of the price a minute.
    init(key: RandomKey, price: Double, volatility: Double) {
        self.key = key
        base = Powers.logarithm(price)
        self.volatility = volatility * 1.442_695_040_888_963_4
    }

    /// The values at `start`, `start + 1`, … `start + blockMinutes` of a block's minutes.
    func fill(block: Int64, into values: inout [Double]) {
        let count = Int(Self.blockMinutes)
        if values.count != count + 1 { values = [Double](repeating: 0, count: count + 1) }
        let (first, last) = ends(of: block)
        values.withUnsafeMutableBufferPointer { values in
            values[0] = first
            values[count] = last
            var level = Self.blockLevels
            while level > 0 {
                let length = 1 << level
                let firstInterval = block << Int64(Self.blockLevels - level)
                let spread = deviation(level)
                for index in 0..<(count >> level) {
                    let at = index << level
                    let middle = (values[at] + values[at + length]) * 0.5
                    values[at + length / 2] = middle + spread * bell(level, firstInterval + Int64(index))
                }
                level -= 1
            }
        }
    }

    /// How far a minute of a block may be from what lies between the values at the block's ends.
    var reachOfBlock: Double {
        (1...Self.blockLevels).reduce(0) { $0 + deviation($1) } * RandomKey.bellMax
    }

    /// At a block's start and at its end.
    func ends(of block: Int64) -> (Double, Double) {
        var interval = block >> Int64(Self.levels - Self.blockLevels)
        var first = anchor(interval)
        var last = anchor(interval + 1)
        var level = Self.levels
        while level > Self.blockLevels {
            let middle = (first + last) * 0.5 + deviation(level) * bell(level, interval)
            level -= 1
            interval = block >> Int64(level - Self.blockLevels)
            if interval & 1 == 0 { last = middle } else { first = middle }
        }
        return (first, last)
    }

    private func anchor(_ number: Int64) -> Double {
        base + deviation(Self.levels) * 0.5 * bell(Self.levels + 1, number)
    }

    /// Of the middle of 2^`level` minutes against the mean of the ends.
    private func deviation(_ level: Int) -> Double {
        let root = level & 1 == 0 ? 1.0 : 1.414_213_562_373_095_1
        return volatility * 0.5 * root * Double(1 << (level / 2))
    }

    @inline(__always)
    private func bell(_ level: Int, _ interval: Int64) -> Double {
        key.bell(interval &* 32 &+ Int64(level))
    }
}
