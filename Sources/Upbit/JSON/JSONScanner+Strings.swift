extension JSONScanner {
    /// High bits where a byte is a quote, a backslash, a control character or not ASCII. Exact up to the
    /// first one.
    @inline(__always)
    static func stops(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        let isQuote = (quotes &- ones) & ~quotes
        let isSlash = (slashes &- ones) & ~slashes
        let isControl = (word &- ones &* 0x20) & ~word
        return (isQuote | isSlash | isControl | word) & 0x8080_8080_8080_8080
    }

    /// Keeps the lowest `count` bytes (0 to 7).
    @inline(__always)
    static func low(_ word: UInt64, _ count: Int) -> UInt64 {
        word & ((1 &<< UInt64(count &* 8)) &- 1)
    }

    /// A string of up to 24 bytes, with escapes resolved.
    @inline(__always)
    mutating func shortText() throws(JSONFault) -> ShortText {
        guard position < end, byte(position) == 0x22 else { throw wrongTypeOrSyntax() }
        let start = position &+ 1
        guard start &+ 8 <= end else { return try shortTextSlowly() }
        let first = word(start)
        let stop = Self.stops(first)
        if stop != 0 {
            let count = stop.trailingZeroBitCount >> 3
            guard byte(start &+ count) == 0x22 else { return try shortTextSlowly() }
            position = start &+ count &+ 1
            return ShortText(Self.low(first, count), 0, 0, count: count)
        }
        // `REALTIME` and `SNAPSHOT` have eight.
        if start &+ 8 < end, byte(start &+ 8) == 0x22 {
            position = start &+ 9
            return ShortText(first, 0, 0, count: 8)
        }
        return try mediumText(first)
    }

    /// The string at the position, whose first eight bytes are `first`.
    @inline(never)
    private mutating func mediumText(_ first: UInt64) throws(JSONFault) -> ShortText {
        let start = position &+ 9
        guard start &+ 8 <= end else { return try shortTextSlowly() }
        let second = word(start)
        let stop = Self.stops(second)
        if stop != 0 {
            let count = stop.trailingZeroBitCount >> 3
            guard byte(start &+ count) == 0x22 else { return try shortTextSlowly() }
            position = start &+ count &+ 1
            return ShortText(first, Self.low(second, count), 0, count: 8 &+ count)
        }
        return try shortTextSlowly()
    }

    @inline(never)
    private mutating func shortTextSlowly() throws(JSONFault) -> ShortText {
        var text = ShortText()
        try stringBytes { text.append($0) }
        return text
    }

    /// A string of any length up to `bytesMax` bytes: allocates.
    mutating func string(bytesMax: Int) throws(JSONFault) -> String {
        guard position < end, byte(position) == 0x22 else { throw wrongTypeOrSyntax() }
        let start = position
        var bytes: [UInt8] = []
        var isTooLong = false
        try stringBytes { byte in
            if bytes.count < bytesMax { bytes.append(byte) } else { isTooLong = true }
        }
        guard !isTooLong else {
            position = start
            throw .tooLong
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Moves behind a string, which is checked.
    @inline(__always)
    mutating func skipString() throws(JSONFault) {
        guard position < end, byte(position) == 0x22 else { throw wrongTypeOrSyntax() }
        var at = position &+ 1
        while at &+ 8 <= end {
            let stop = Self.stops(word(at))
            guard stop != 0 else {
                at &+= 8
                continue
            }
            at &+= stop.trailingZeroBitCount >> 3
            guard byte(at) == 0x22 else { break }
            position = at &+ 1
            return
        }
        try skipStringSlowly()
    }

    @inline(never)
    private mutating func skipStringSlowly() throws(JSONFault) {
        try stringBytes { _ in }
    }

    /// Every byte of the string at the position, escapes resolved, UTF-8 checked.
    @inline(__always)
    private mutating func stringBytes(_ each: (UInt8) -> Void) throws(JSONFault) {
        position += 1
        while true {
            let byte = try peek()
            switch byte {
            case 0x22:
                position += 1
                return
            case 0x5C:
                try escape(each)
            case 0..<0x20:
                throw .badString
            case 0x20..<0x80:
                each(byte)
                position += 1
            default:
                let count = try scalarLength(byte)
                for offset in 0..<count { each(self.byte(position + offset)) }
                position += count
            }
        }
    }

    /// The length of the UTF-8 sequence at the position (RFC 3629: shortest form, no surrogates).
    private func scalarLength(_ lead: UInt8) throws(JSONFault) -> Int {
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: count = 2
        case 0xE0:
            count = 3
            second = 0xA0...0xBF
        case 0xED:
            count = 3
            second = 0x80...0x9F
        case 0xE1...0xEF: count = 3
        case 0xF0:
            count = 4
            second = 0x90...0xBF
        case 0xF4:
            count = 4
            second = 0x80...0x8F
        case 0xF1...0xF3: count = 4
        default: throw .badUTF8
        }
        guard position + count <= end else { throw .truncated }
        guard second.contains(byte(position + 1)) else { throw .badUTF8 }
        for offset in 2..<max(count, 2) where byte(position + offset) & 0xC0 != 0x80 { throw .badUTF8 }
        return count
    }

    private mutating func escape(_ each: (UInt8) -> Void) throws(JSONFault) {
        guard position + 1 < end else { throw .truncated }
        switch byte(position + 1) {
        case 0x22: each(0x22)
        case 0x5C: each(0x5C)
        case 0x2F: each(0x2F)
        case 0x62: each(0x08)
        case 0x66: each(0x0C)
        case 0x6E: each(0x0A)
        case 0x72: each(0x0D)
        case 0x74: each(0x09)
        case 0x75:
            try unicodeEscape(each)
            return
        default: throw .badEscape
        }
        position += 2
    }

    private mutating func unicodeEscape(_ each: (UInt8) -> Void) throws(JSONFault) {
        var scalar = try hexDigits(at: position + 2)
        var length = 6
        if (0xD800..<0xDC00).contains(scalar) {
            guard position + 7 < end else { throw .truncated }
            guard byte(position + 6) == 0x5C, byte(position + 7) == 0x75 else { throw .badEscape }
            let low = try hexDigits(at: position + 8)
            guard (0xDC00..<0xE000).contains(low) else { throw .badEscape }
            scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
            length = 12
        }
        guard let unicode = Unicode.Scalar(scalar) else { throw .badEscape }
        for unit in UTF8.encode(unicode) ?? .init() { each(unit) }
        position += length
    }

    private func hexDigits(at start: Int) throws(JSONFault) -> UInt32 {
        guard start + 4 <= end else { throw .truncated }
        var value: UInt32 = 0
        for at in start..<(start + 4) {
            let byte = byte(at)
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            default: throw .badEscape
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
