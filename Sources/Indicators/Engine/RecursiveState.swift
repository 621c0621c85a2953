/// What the indicators remember of all candles so far. With the candles of the windows it continues bit
/// for bit.
package struct RecursiveState: Sendable, Equatable {
    /// The layout of `bytes`.
    package static let version: Int32 = 1

    /// Candles of the series so far, filled ones included.
    package internal(set) var count: Int64 = 0
    /// EMA 8, 13, 21, 50, 200 and 20 of the close; the fast (12) and the slow one (26) of MACD.
    var averages = SIMD8<Double>(repeating: 0)
    /// Wilder's means: gain and loss over 14 × 10⁸, true range over 14 and over 10.
    var wilder = SIMD4<Double>(repeating: 0)
    /// The signal of MACD; before it starts, the sum of the lines so far.
    var signal = 0.0
    /// Sums from the first candle on, from which the means start.
    var closeSum: Int128 = 0
    var gainSum: Int128 = 0
    var lossSum: Int128 = 0
    var rangeSum: Int128 = 0
    /// On-balance volume × 10¹⁶.
    var balance: Int128 = 0
    /// The Upbit day of the last candle, with its value and volume up to it.
    var day = Int64.min
    var dayValue: Int128 = 0
    var dayVolume: Int128 = 0

    package init() {}

    static let byteCount = 8 + 8 * 8 + 4 * 8 + 8 + 5 * 16 + 8 + 2 * 16

    /// Little-endian, without padding; doubles as their bits.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        func put<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(count)
        for index in 0..<8 { put(averages[index].bitPattern) }
        for index in 0..<4 { put(wilder[index].bitPattern) }
        put(signal.bitPattern)
        for sum in [closeSum, gainSum, lossSum, rangeSum, balance] { put(sum) }
        put(day)
        put(dayValue)
        put(dayVolume)
        return bytes
    }

    /// Reads what `bytes` wrote; refuses another version and what no series can lead to.
    package init(_ bytes: [UInt8], version: Int32) throws(IndicatorsError) {
        guard version == Self.version, bytes.count == Self.byteCount else {
            throw IndicatorsError(
                .badState, "an indicator state of version \(version) and \(bytes.count) bytes",
                remedy: "This program writes version \(Self.version) of \(Self.byteCount) bytes: "
                    + "run `yeoul rebuild`")
        }
        var at = 0
        func take<T: FixedWidthInteger>(_ type: T.Type) -> T {
            defer { at += MemoryLayout<T>.size }
            return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: T.self)) }
        }
        count = take(Int64.self)
        for index in 0..<8 { averages[index] = Double(bitPattern: take(UInt64.self)) }
        for index in 0..<4 { wilder[index] = Double(bitPattern: take(UInt64.self)) }
        signal = Double(bitPattern: take(UInt64.self))
        closeSum = take(Int128.self)
        gainSum = take(Int128.self)
        lossSum = take(Int128.self)
        rangeSum = take(Int128.self)
        balance = take(Int128.self)
        day = take(Int64.self)
        dayValue = take(Int128.self)
        dayVolume = take(Int128.self)
        let isFinite =
            (0..<8).allSatisfy { averages[$0].isFinite } && (0..<4).allSatisfy { wilder[$0].isFinite }
            && signal.isFinite
        guard isFinite, count >= 0, dayVolume >= 0, dayValue >= 0 else {
            throw IndicatorsError(
                .badState, "an indicator state holds figures that no series leads to",
                remedy: "Run `yeoul rebuild` for its market and timeframe")
        }
    }
}
