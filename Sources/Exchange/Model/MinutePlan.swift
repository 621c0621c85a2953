/// A market's minute before its trades are made: how many they are and where the price goes.
package struct MinutePlan: Sendable, Equatable {
    /// Parts of a minute with a price and a pattern of their own. Beyond it patterns repeat, so that the
    /// sums of a minute never cost more than this, whatever the rate.
    static let segmentsMax = 32
    /// A hundred in a millisecond: ids have room for 10,000.
    package static let tradesMax = 6_000_000

    package let minute: Int64
    package let trades: Int
    /// Logarithms to base 2 of the price.
    let open: Double
    let close: Double
    /// How deep the price dips in the middle of the minute, in the same measure.
    let dip: Double

    var segments: Int {
        min(Self.segmentsMax, (trades + TradePattern.tradesMax - 1) / TradePattern.tradesMax)
    }

    /// When a segment's trades are executed: whole milliseconds, so that none lies in two segments.
    func milliseconds(ofSegment index: Int) -> Range<Int64> {
        let start = minute * 60_000
        return (start + Int64(60_000 * index / segments))..<(start + Int64(60_000 * (index + 1) / segments))
    }
}

/// A part of a minute: one pattern, once or several times, at one price.
struct MinuteSegment: Sendable {
    let base: Int64
    let tick: Int64
    /// Volume of a weight of one.
    let scale: Int64
    let pattern: Int
    let trades: Int
    let startMicroseconds: Int64
    let lengthMicroseconds: Int64

    /// How often the pattern comes; all but the last time wholly.
    var rounds: Int { (trades + TradePattern.tradesMax - 1) / TradePattern.tradesMax }
    var tradesOfLastRound: Int { trades - (rounds - 1) * TradePattern.tradesMax }

    /// When trade `index` of `count` in round `round` is executed.
    @inline(__always)
    func milliseconds(round: Int, index: Int, of count: Int, in pattern: TradePattern) -> Int64 {
        let length = lengthMicroseconds / Int64(rounds)
        let (part, whole) = pattern.place(index, of: count)
        let offset = Int64(truncatingIfNeeded: UInt64(length) * part / whole)
        return (startMicroseconds + length * Int64(round) + offset) / 1_000
    }
}
