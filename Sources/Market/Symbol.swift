/// A market's code, `KRW-BTC`: quote currency, hyphen, base currency, in upper case.
///
/// Up to 24 bytes in three integers: no heap, quick to compare and to hash. The order is that of the
/// bytes, as in a column with `COLLATE "C"`.
@frozen
package struct Symbol: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let bytesMax = 24

    /// No market: what a decoder begins with before it has read the code. No exchange has it.
    package static let blank = Symbol(first: 0x2D00_0000_0000_0000)

    private init(first: UInt64) {
        self.first = first
        second = 0
        third = 0
    }

    // The text's bytes, the first in the highest byte, filled up with zeros.
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64

    /// Words hold the text in memory order, filled up with zeros; nil when it is no market code.
    @inlinable
    @inline(__always)
    package init?(words first: UInt64, _ second: UInt64, _ third: UInt64, count: Int) {
        guard Self.isCode(first, count) || Self.isLongCode(first, second, third, count) else { return nil }
        self.first = first.byteSwapped
        self.second = second.byteSwapped
        self.third = third.byteSwapped
    }

    /// Judges all bytes of a code of up to eight at once.
    @inlinable
    @inline(__always)
    static func isCode(_ word: UInt64, _ count: Int) -> Bool {
        guard count >= 3, count <= 8 else { return false }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let unused = count == 8 ? 0 : ~0 &<< UInt64(count &* 8)
        // Bytes behind the code count as letters.
        let bytes = word | (ones &* 0x41 & unused)
        guard bytes & highs == 0 else { return false }
        let letters = (bytes &+ ones &* 0x3F) & ~(bytes &+ ones &* 0x25)
        let figures = (bytes &+ ones &* 0x50) & ~(bytes &+ ones &* 0x46)
        let hyphens = ~((bytes ^ (ones &* 0x2D)) &+ ones &* 0x7F) & highs
        guard (letters | figures | hyphens) & highs == highs else { return false }
        // One hyphen, neither first nor last.
        let place = hyphens.trailingZeroBitCount &>> 3
        return hyphens & (hyphens &- 1) == 0 && place > 0 && place < count &- 1
    }

    @usableFromInline
    static func isLongCode(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ count: Int) -> Bool {
        guard count <= Self.bytesMax, count >= 3 else { return false }
        var hyphens = 0
        var last: UInt8 = 0x2D
        for at in 0..<count {
            let word = at < 8 ? first : (at < 16 ? second : third)
            let byte = UInt8(truncatingIfNeeded: word >> UInt64((at & 7) * 8))
            if byte &- 0x41 > 25 && byte &- 0x30 > 9 {
                // A hyphen stands alone, and neither first nor last.
                guard byte == 0x2D, last != 0x2D else { return false }
                hyphens += 1
            }
            last = byte
        }
        return hyphens == 1 && last != 0x2D
    }

    /// The market code in `bytes`, or nil when it is none.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.bytesMax else { return nil }
        var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
        self.init(
            words: UInt64(littleEndian: words.0), UInt64(littleEndian: words.1),
            UInt64(littleEndian: words.2), count: bytes.count)
    }

    package init(_ text: String) throws(MarketError) {
        var copy = text
        let symbol = copy.withUTF8 { Symbol(bytes: UnsafeRawBufferPointer($0)) }
        guard let symbol else {
            throw MarketError(
                .badSymbol, "`\(text)` is not a market code",
                remedy: "Write the quote currency first, in upper case, such as KRW-BTC.")
        }
        self = symbol
    }

    @inlinable
    package static func == (left: Symbol, right: Symbol) -> Bool {
        left.first == right.first && left.second == right.second && left.third == right.third
    }

    @inlinable
    package static func < (left: Symbol, right: Symbol) -> Bool {
        if left.first != right.first { return left.first < right.first }
        if left.second != right.second { return left.second < right.second }
        return left.third < right.third
    }

    @inlinable
    package func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        hasher.combine(second)
        if third != 0 { hasher.combine(third) }
    }

    /// How many bytes the text has.
    @inlinable
    package var count: Int {
        if third != 0 { return 24 &- third.trailingZeroBitCount &>> 3 }
        if second != 0 { return 16 &- second.trailingZeroBitCount &>> 3 }
        return 8 &- first.trailingZeroBitCount &>> 3
    }

    /// Calls `body` with the text's bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let words = (first.bigEndian, second.bigEndian, third.bigEndian)
        return withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    package var description: String {
        withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// `KRW` of `KRW-BTC`.
    package var quote: String {
        withBytes { String(decoding: $0.prefix { $0 != 0x2D }, as: UTF8.self) }
    }

    /// `BTC` of `KRW-BTC`.
    package var base: String {
        withBytes { bytes in
            String(decoding: bytes.drop { $0 != 0x2D }.dropFirst(), as: UTF8.self)
        }
    }
}
