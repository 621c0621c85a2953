import Market

/// What a frame is about, without reading it: enough to watch over connections and markets, at a fraction
/// of a decoder's work. It looks at the beginning and the end of a frame only, so it may not recognise one
/// that is written unusually; such a frame is `other`, never an error.
package struct FrameGlance: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case trade
        case ticker
        case orderBook
        case candle
        /// The answer to a text `PING`.
        case status
        case refusal
        case other
    }

    /// Names are looked for in so many bytes at the beginning, the stream type in so many at the end.
    package static let headBytesMax = 512
    package static let tailBytesMax = 48

    package let kind: Kind
    package let symbol: Symbol?
    /// The state at the time of the request, and no news.
    package let isSnapshot: Bool

    package var isMarketData: Bool { kind.rawValue <= Kind.candle.rawValue }

    package init(_ kind: Kind, _ symbol: Symbol? = nil, isSnapshot: Bool = false) {
        self.kind = kind
        self.symbol = symbol
        self.isSnapshot = isSnapshot
    }

    package init(_ frame: UnsafeRawBufferPointer) {
        let head = UnsafeRawBufferPointer(rebasing: frame.prefix(Self.headBytesMax))
        guard let type = Self.value("\"ty\":\"", in: head) ?? Self.value("\"type\":\"", in: head) else {
            self.init(Self.kindOfService(head))
            return
        }
        let kind = Self.kind(UnsafeRawBufferPointer(rebasing: head[type]))
        let code = Self.value("\"cd\":\"", in: head) ?? Self.value("\"code\":\"", in: head)
        let tail = UnsafeRawBufferPointer(rebasing: frame.suffix(Self.tailBytesMax))
        self.init(
            kind, code.flatMap { Self.symbol(UnsafeRawBufferPointer(rebasing: head[$0])) },
            isSnapshot: Self.position(of: "\"SNAPSHOT\"", in: tail) != nil)
    }

    private static func kind(_ type: UnsafeRawBufferPointer) -> Kind {
        if Self.isEqual(type, "trade") { return .trade }
        if Self.isEqual(type, "ticker") { return .ticker }
        if Self.isEqual(type, "orderbook") { return .orderBook }
        return Self.position(of: "candle.", in: type) == 0 ? .candle : .other
    }

    private static func kindOfService(_ head: UnsafeRawBufferPointer) -> Kind {
        if position(of: "\"error\"", in: head) != nil { return .refusal }
        return position(of: "\"status\"", in: head) != nil ? .status : .other
    }

    /// The code may carry the depth that was asked for.
    private static func symbol(_ code: UnsafeRawBufferPointer) -> Symbol? {
        let end = code.firstIndex(of: 0x2E) ?? code.endIndex
        return Symbol(bytes: UnsafeRawBufferPointer(rebasing: code[..<end]))
    }

    /// Where the text behind `key` stands; nil when it does not end within the bytes.
    private static func value(_ key: StaticString, in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        guard let start = position(of: key, in: bytes).map({ $0 + key.utf8CodeUnitCount }) else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != 0x22 { end += 1 }
        return end < bytes.count ? start..<end : nil
    }

    private static func isEqual(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && matches(word, bytes, at: 0)
    }

    private static func position(of word: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        let last = bytes.count - word.utf8CodeUnitCount
        guard last >= 0 else { return nil }
        let first = word.utf8Start[0]
        var at = 0
        while at <= last {
            if bytes[at] == first, matches(word, bytes, at: at) { return at }
            at += 1
        }
        return nil
    }

    @inline(__always)
    private static func matches(_ word: StaticString, _ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool
    {
        for index in 0..<word.utf8CodeUnitCount where bytes[start + index] != word.utf8Start[index] {
            return false
        }
        return true
    }
}
