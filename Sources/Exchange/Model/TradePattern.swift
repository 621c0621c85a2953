/// Sixty-four trades in relative terms: sizes, steps from a base price, sides and pauses, with running
/// sums of them.
///
/// A market's trades are patterns at a price and a scale. So the figures of any number of patterns are
/// sums of a few products, and years of candles need no trades to be made.
final class TradePattern: Sendable {
    static let tradesMax = 64
    static let stepLowest = -3
    static let stepHighest = 4

    struct Entry: Sendable {
        var weight: UInt32 = 0
        /// Price steps from the base price.
        var step: Int8 = 0
        var isBuy = false
    }

    /// What the first n trades come to, at index n.
    struct Sums: Sendable {
        var weight: Int64 = 0
        var buyWeight: Int64 = 0
        var stepWeight: Int64 = 0
        var lowest: Int8 = .max
        var highest: Int8 = .min
        /// Where trade n begins, in parts of `pauses` of the pattern's length.
        var pauses: UInt32 = 0
    }

    let entries: [Entry]
    let sums: [Sums]

    init(key: RandomKey) {
        var entries: [Entry] = []
        var sums = [Sums()]
        var pauses: [UInt32] = []
        var order: Int64 = 0
        while entries.count < Self.tradesMax {
            Self.appendOrder(key.part(order), to: &entries, &pauses)
            order += 1
        }
        entries.removeLast(entries.count - Self.tradesMax)
        var running = Sums()
        for (index, entry) in entries.enumerated() {
            let weight = Int64(entry.weight)
            running.weight += weight
            if entry.isBuy { running.buyWeight += weight }
            running.stepWeight += weight * Int64(entry.step)
            running.lowest = min(running.lowest, entry.step)
            running.highest = max(running.highest, entry.step)
            running.pauses += pauses[index]
            sums.append(running)
        }
        self.entries = entries
        self.sums = sums
    }

    /// One taker's order: one trade, or several in the same millisecond when it meets several makers.
    private static func appendOrder(_ key: RandomKey, to entries: inout [Entry], _ pauses: inout [UInt32]) {
        let isBuy = key.unit(0) < 0.5
        let luck = key.unit(1)
        let fills = luck < 0.62 ? 1 : luck < 0.82 ? 2 : luck < 0.93 ? 3 + key.index(2, below: 3) : 8
        var step = isBuy ? 1 : 0
        for fill in 0..<fills {
            // Sizes are heavy-tailed: the median is 1,000 and the largest millions.
            let tail = key.unit(10 + Int64(fill)) < 0.02 ? 5.0 : 0
            let size = Powers.two(to: 10 + 2.1 * key.bell(20 + Int64(fill)) + tail)
            entries.append(
                Entry(weight: UInt32(min(4_000_000, max(1, size))), step: Int8(step), isBuy: isBuy))
            // Only an order's first trade is apart from what was before it.
            let pause = fill == 0 ? 1 + min(4_000, -Powers.logarithm(key.unit(3) + 0x1p-12) * 300) : 0
            pauses.append(UInt32(pause))
            if fill > 0, key.unit(30 + Int64(fill)) < 0.45 { step += isBuy ? 1 : -1 }
            step = min(stepHighest, max(stepLowest, step))
        }
    }

    /// The part of the pattern's length after which trade `index` of `count` comes, as numerator and
    /// denominator. The last pause is after the last trade, so that no trade is at the very end.
    @inline(__always)
    func place(_ index: Int, of count: Int) -> (UInt64, UInt64) {
        (UInt64(sums[index + 1].pauses), UInt64(sums[count].pauses) + 300)
    }
}
