import Market

/// A string of up to 24 bytes in three words, first byte lowest, filled up with zeros. Longer strings are
/// marked by `count` > 24 and hold their beginning.
struct ShortText: Equatable {
    static let bytesMax = 24
    static let tooLong = 25

    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0
    var count = 0

    init() {}

    @inline(__always)
    init(_ first: UInt64, _ second: UInt64, _ third: UInt64, count: Int) {
        self.first = first
        self.second = second
        self.third = third
        self.count = count
    }

    init(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
    }

    init(_ text: String) {
        for byte in text.utf8 { append(byte) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        guard count < Self.bytesMax else {
            count = Self.tooLong
            return
        }
        let bits = UInt64(byte) &<< UInt64((count & 7) &* 8)
        if count < 8 {
            first |= bits
        } else if count < 16 {
            second |= bits
        } else {
            third |= bits
        }
        count &+= 1
    }

    @inline(__always)
    static func == (left: ShortText, right: ShortText) -> Bool {
        left.first == right.first && left.count == right.count && left.second == right.second
            && left.third == right.third
    }

    /// For words of up to eight bytes; the length of a constant is one, too.
    @inline(__always)
    func isWord(_ word: UInt64) -> Bool {
        first == word && count == 8 &- word.leadingZeroBitCount &>> 3
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let words = (first.littleEndian, second.littleEndian, third.littleEndian)
        return withUnsafeBytes(of: words) {
            body(UnsafeRawBufferPointer(rebasing: $0[..<min(count, Self.bytesMax)]))
        }
    }

    var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }

    @inline(__always)
    var symbol: Symbol? { Symbol(words: first, second, third, count: count) }

    /// The market code without a depth suffix (`KRW-BTC.15`).
    var symbolWithoutDepth: Symbol? {
        if let symbol { return symbol }
        return withBytes { bytes in
            guard count <= Self.bytesMax, let dot = bytes.firstIndex(of: 0x2E) else { return nil }
            let suffix = bytes[(dot + 1)...]
            guard !suffix.isEmpty, suffix.count <= 3, suffix.allSatisfy({ $0 &- 0x30 <= 9 }) else {
                return nil
            }
            return Symbol(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<dot]))
        }
    }
}

/// The enumerations' words, as `ShortText.first` has them.
enum Word {
    static let ask: UInt64 = 0x004B_5341
    static let bid: UInt64 = 0x0044_4942
    static let rise: UInt64 = 0x4553_4952
    static let even: UInt64 = 0x4E45_5645
    static let fall: UInt64 = 0x4C4C_4146
    static let snapshot: UInt64 = 0x544F_4853_5041_4E53
    static let realtime: UInt64 = 0x454D_4954_4C41_4552
    static let active: UInt64 = 0x4556_4954_4341
    static let preview: UInt64 = 0x0057_4549_5645_5250
    static let delisted: UInt64 = 0x4445_5453_494C_4544
    static let none: UInt64 = 0x454E_4F4E
    static let caution: UInt64 = 0x004E_4F49_5455_4143
    static let trade: UInt64 = 0x0065_6461_7274
    static let ticker: UInt64 = 0x7265_6B63_6974
}
