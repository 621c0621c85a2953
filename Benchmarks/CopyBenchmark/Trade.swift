import Database
import TestKit

/// A trade as the capture writes it.
struct Trade: Sendable {
    static let columns = ["time", "received_at", "sequential_id", "symbol", "price", "volume", "side"]

    var time: Int64
    var sequentialId: Int64
    var symbol: String
    var price: Int128
    var volume: Int128
    var isBuy: Bool

    /// 200 markets, several trades a millisecond, times that rise with some ties.
    static func make(count: Int) -> [Trade] {
        var random = SeededRandom(seed: 1)
        let symbols = (0..<200).map { "KRW-COIN\($0)" }
        var time: Int64 = 1_767_225_600_000_000
        return (0..<count).map { number in
            let bits = random.next()
            time += Int64(bits & 3) * 1000
            return Trade(
                time: time, sequentialId: 17_000_000_000_000_000 + Int64(number),
                symbol: symbols[Int(bits >> 8 % 200)],
                price: Int128(bits >> 16 & 0xFFFFF) * 100_000_000 / 20, volume: Int128(bits >> 36),
                isBuy: bits & 4 == 0)
        }
    }

    func write(to row: inout RowEncoder) {
        row.beginRow()
        row.writeTimestamp(microseconds: time)
        row.writeTimestamp(microseconds: time + 1234)
        row.writeInt64(sequentialId)
        row.writeText(symbol)
        row.writeNumeric(unscaled: price, scale: 8)
        row.writeNumeric(unscaled: volume, scale: 8)
        row.writeText(isBuy ? "buy" as StaticString : "sell")
    }
}
