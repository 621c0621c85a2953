/// A message that is filled field by field.
protocol FieldReader {
    /// Reads the value of `field`, at which the scanner stands.
    mutating func read(_ field: UInt8, _ scanner: inout JSONScanner) throws(JSONFault)
}

extension JSONScanner {
    /// Reads an object whose bracket has been passed, and returns which fields were there. With
    /// `entry`, field 0 has been read already, under that entry's name. `lastField` says at which field
    /// it went wrong.
    @inline(__always)
    mutating func object<Reader: FieldReader>(
        _ reader: inout Reader, _ keys: borrowing KeyMap, behind entry: Int? = nil, lastField: inout UInt8
    ) throws(JSONFault) -> UInt64 {
        lastField = KeyMap.unknown
        var seen: UInt64 = 0
        var previous = keys.opening
        if let entry {
            seen = 1
            previous = entry
            if try !hasNext(closing: 0x7D) { return seen }
        } else if try isEmpty(closing: 0x7D) {
            return seen
        }
        repeat {
            let field = try key(keys, &previous)
            lastField = field
            if field == KeyMap.unknown {
                try skipValue()
                continue
            }
            let bit: UInt64 = 1 &<< UInt64(field)
            guard seen & bit == 0 else { throw .duplicateField }
            seen |= bit
            try reader.read(field, &self)
        } while try hasNext(closing: 0x7D)
        lastField = KeyMap.unknown
        return seen
    }

    /// Reads a key and its colon; `previous` is the key before it and becomes this one.
    @inline(__always)
    mutating func key(_ keys: borrowing KeyMap, _ previous: inout Int) throws(JSONFault) -> UInt8 {
        let guess = Int(keys.successors[previous])
        if keys.isNext(guess, &self) {
            previous = guess
            skipWhitespace()
            return keys.entries[guess].field
        }
        return try keySlowly(keys, &previous)
    }

    @inline(never)
    private mutating func keySlowly(
        _ keys: borrowing KeyMap, _ previous: inout Int
    ) throws(JSONFault) -> UInt8 {
        guard try peek() == 0x22 else { throw .syntax }
        let name = try shortText()
        try skipColon()
        guard let index = keys.lookUp(name) else { return KeyMap.unknown }
        keys.successors[previous] = UInt8(index)
        previous = index
        return keys.entries[index].field
    }
}
