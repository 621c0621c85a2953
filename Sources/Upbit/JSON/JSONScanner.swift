import Market

/// Reads JSON straight from bytes, eight at a time where that pays. It never reads at or behind `end`,
/// and every loop moves forward. When a method throws, `position` is where it went wrong.
struct JSONScanner {
    /// Objects and lists within each other, in values that are skipped too.
    static let nestingMax = 32

    let base: UnsafeRawPointer
    let end: Int
    var position: Int

    init(_ base: UnsafeRawPointer, from position: Int, to end: Int) {
        self.base = base
        self.position = position
        self.end = end
    }

    @inline(__always)
    func byte(_ at: Int) -> UInt8 { base.load(fromByteOffset: at, as: UInt8.self) }

    /// Eight bytes from `at`, which must be at least eight before the end.
    @inline(__always)
    func word(_ at: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    /// The byte at the position; throws at the end.
    @inline(__always)
    func peek() throws(JSONFault) -> UInt8 {
        guard position < end else { throw .truncated }
        return byte(position)
    }

    @inline(__always)
    mutating func skipWhitespace() {
        // The exchange sends none, so one look is the usual case.
        if position < end, byte(position) <= 0x20 { skipWhitespaceSlowly() }
    }

    @inline(never)
    private mutating func skipWhitespaceSlowly() {
        while position < end {
            switch byte(position) {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    @inline(__always)
    mutating func expect(_ wanted: UInt8) throws(JSONFault) {
        guard try peek() == wanted else { throw .syntax }
        position &+= 1
    }

    /// Behind an element: true for a comma, false for `closing`.
    @inline(__always)
    mutating func hasNext(closing: UInt8) throws(JSONFault) -> Bool {
        skipWhitespace()
        let byte = try peek()
        if byte == 0x2C {
            position &+= 1
            skipWhitespace()
            return true
        }
        guard byte == closing else { throw .syntax }
        position &+= 1
        return false
    }

    /// Behind the opening bracket: moves behind `closing` when nothing is inside.
    @inline(__always)
    mutating func isEmpty(closing: UInt8) throws(JSONFault) -> Bool {
        skipWhitespace()
        guard try peek() == closing else { return false }
        position &+= 1
        return true
    }

    /// Nothing but white space may follow.
    mutating func finish() throws(JSONFault) {
        skipWhitespace()
        guard position == end else { throw .trailingBytes }
    }

    /// True, and moved behind it, when `null` is next.
    @inline(__always)
    mutating func skipNull() throws(JSONFault) -> Bool {
        guard position < end, byte(position) == 0x6E else { return false }
        try literal(0x6C6C_756E)
        return true
    }

    @inline(__always)
    mutating func bool() throws(JSONFault) -> Bool {
        switch try peek() {
        case 0x74:
            try literal(0x6575_7274)
            return true
        case 0x66:
            position &+= 1
            do throws(JSONFault) {
                try literal(0x6573_6C61)
            } catch {
                position -= 1
                throw error
            }
            return false
        default: throw wrongTypeOrSyntax()
        }
    }

    /// Four letters, as a little-endian word.
    private mutating func literal(_ letters: UInt32) throws(JSONFault) {
        guard position + 4 <= end else { throw .truncated }
        let found = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        guard found == letters else { throw .syntax }
        position += 4
    }

    /// For a value that is not of the wanted type: is it JSON at all?
    func wrongTypeOrSyntax() -> JSONFault {
        guard position < end else { return .truncated }
        switch byte(position) {
        case 0x22, 0x7B, 0x5B, 0x74, 0x66, 0x6E, 0x2D, 0x30...0x39: return .wrongType
        default: return .syntax
        }
    }
}
