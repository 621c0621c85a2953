extension JSONScanner {
    /// Moves behind a value that mostly is a string.
    @inline(__always)
    mutating func skipText() throws(JSONFault) {
        if position < end, byte(position) == 0x22 { try skipString() } else { try skipValue() }
    }

    /// Moves behind any value, all of which is checked. No recursion: open brackets are bits of a word.
    mutating func skipValue() throws(JSONFault) {
        var depth = 0
        var areObjects: UInt64 = 0
        while true {
            var isOpened = false
            switch try peek() {
            case 0x22: try skipString()
            case 0x7B, 0x5B:
                let isObject = byte(position) == 0x7B
                guard depth < Self.nestingMax else { throw .tooDeep }
                position += 1
                if try !isEmpty(closing: isObject ? 0x7D : 0x5D) {
                    depth += 1
                    areObjects = areObjects << 1 | (isObject ? 1 : 0)
                    isOpened = true
                }
            case 0x6E: _ = try skipNull()
            case 0x74, 0x66: _ = try bool()
            case 0x2D, 0x30...0x39: try skipNumber()
            default: throw .syntax
            }
            if !isOpened {
                // Close what ends here.
                while depth > 0, try !hasNext(closing: areObjects & 1 == 1 ? 0x7D : 0x5D) {
                    depth -= 1
                    areObjects >>= 1
                }
                if depth == 0 { return }
            }
            if areObjects & 1 == 1 {
                guard try peek() == 0x22 else { throw .syntax }
                try skipString()
                try skipColon()
            }
        }
    }

    @inline(__always)
    mutating func skipColon() throws(JSONFault) {
        skipWhitespace()
        try expect(0x3A)
        skipWhitespace()
    }
}
