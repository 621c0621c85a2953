/// The last candles' figures, each ring indexed by the low bits of a candle's number. The masks of those who
/// read keep every index inside.
///
/// One block of memory instead of an array each: a push asks once whether it is shared, and an index is not
/// checked twice. Whoever changes it owns it alone: `IndicatorWindows.push` copies a shared one first.
final class CandleRings: @unchecked Sendable {
    /// Closes up to each of 256 candles, added up.
    let closeSums: UnsafeMutablePointer<Int128>
    /// Squares of closes, typical prices and volumes up to each of 32 candles.
    let squareSums: UnsafeMutablePointer<UInt128>
    let typicalSums: UnsafeMutablePointer<Int128>
    let volumeSums: UnsafeMutablePointer<Int128>
    /// 16 highs and lows of what was pushed lately, then 15 extremes of the older ones, and one that bounds
    /// nothing.
    let ranges: UnsafeMutablePointer<SIMD2<Int64>>
    /// 20 times each of 32 typical prices, which holds while they are small; twice one behind the other, so that any
    /// window of them lies in one piece.
    let typicals: UnsafeMutablePointer<Int64>

    private let block: UnsafeMutableRawPointer
    private static let byteCount = (256 + 3 * 32 + 32) * 16 + 64 * 8

    init() {
        block = .allocate(byteCount: Self.byteCount, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        closeSums = block.assumingMemoryBound(to: Int128.self)
        squareSums = UnsafeMutableRawPointer(closeSums + 256).assumingMemoryBound(to: UInt128.self)
        typicalSums = UnsafeMutableRawPointer(squareSums + 32).assumingMemoryBound(to: Int128.self)
        volumeSums = typicalSums + 32
        ranges = UnsafeMutableRawPointer(volumeSums + 32).assumingMemoryBound(to: SIMD2<Int64>.self)
        typicals = UnsafeMutableRawPointer(ranges + 32).assumingMemoryBound(to: Int64.self)
        ranges[31] = SIMD2(.min, .max)
    }

    convenience init(copying other: CandleRings) {
        self.init()
        block.copyMemory(from: other.block, byteCount: Self.byteCount)
    }

    deinit { block.deallocate() }
}
