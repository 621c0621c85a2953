/// A Swift type that values of PostgreSQL can be read as.
package protocol DatabaseDecodable: Sendable {
    static func decode(_ cell: Cell) throws(DatabaseError) -> Self
    /// How an array of it is read; `[UInt8]` reads a bytea.
    static func decodeArray(_ cell: Cell) throws(DatabaseError) -> [Self]
}

extension DatabaseDecodable {
    package static func decodeArray(_ cell: Cell) throws(DatabaseError) -> [Self] {
        try ArrayDecoder(cell).elements { (element) throws(DatabaseError) in
            guard let element else {
                throw DatabaseError(
                    .decoding, "the array holds a NULL", remedy: "Read it as an array of optional elements")
            }
            return try Self.decode(element)
        }
    }
}

extension Optional: DatabaseDecodable where Wrapped: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Wrapped? {
        try Wrapped.decode(cell)
    }

    package static func decodeArray(_ cell: Cell) throws(DatabaseError) -> [Wrapped?] {
        try ArrayDecoder(cell).elements { (element) throws(DatabaseError) in
            guard let element else { return nil }
            return try Wrapped.decode(element)
        }
    }
}

extension Array: DatabaseDecodable where Element: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> [Element] {
        try Element.decodeArray(cell)
    }
}

extension Bool: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Bool {
        guard cell.isOne(of: .bool), let value = cell.whole(UInt8.self) else { throw cell.mismatch("a bool") }
        return value != 0
    }
}

extension Int16: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Int16 {
        guard cell.isOne(of: .int2), let value = cell.whole(Int16.self) else {
            throw cell.mismatch("an int2")
        }
        return value
    }
}

extension Int32: DatabaseDecodable {
    /// An int4, or the narrower int2.
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Int32 {
        if cell.isOne(of: .int4), let value = cell.whole(Int32.self) { return value }
        if cell.isOne(of: .int2), let value = cell.whole(Int16.self) { return Int32(value) }
        throw cell.mismatch("an int4")
    }
}

extension Int64: DatabaseDecodable {
    /// An int8, or one of the narrower integers.
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Int64 {
        if cell.isOne(of: .int8), let value = cell.whole(Int64.self) { return value }
        if cell.isOne(of: .oid) && cell.type == .oid, let value = cell.whole(UInt32.self) {
            return Int64(value)
        }
        if cell.isOne(of: .int4), let value = cell.whole(Int32.self) { return Int64(value) }
        if cell.isOne(of: .int2), let value = cell.whole(Int16.self) { return Int64(value) }
        throw cell.mismatch("an int8")
    }
}

extension Int: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Int {
        Int(try Int64.decode(cell))
    }
}

extension Double: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Double {
        if cell.isOne(of: .float8), let bits = cell.whole(UInt64.self) { return Double(bitPattern: bits) }
        if cell.isOne(of: .float4), let bits = cell.whole(UInt32.self) {
            return Double(Float(bitPattern: bits))
        }
        throw cell.mismatch("a float8")
    }
}

extension Timestamp: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Timestamp {
        guard cell.isOne(of: .timestamptz), let value = cell.whole(Int64.self) else {
            throw cell.mismatch("a timestamptz")
        }
        return Timestamp(wireValue: value)
    }
}

extension UInt8: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> UInt8 {
        guard cell.isOne(of: .char), let value = cell.whole(UInt8.self) else {
            throw cell.mismatch("a \"char\"")
        }
        return value
    }

    package static func decodeArray(_ cell: Cell) throws(DatabaseError) -> [UInt8] {
        guard cell.isOne(of: .bytea) else { throw cell.mismatch("a bytea") }
        return Array(cell.bytes)
    }
}

extension String: DatabaseDecodable {
    /// Text of any kind, the text of a json or jsonb, the exact digits of a numeric.
    package static func decode(_ cell: Cell) throws(DatabaseError) -> String {
        if cell.type == .numeric { return try NumericDecoder(cell).text() }
        var bytes = cell.bytes
        if cell.type == .jsonb {
            guard bytes.first == 1 else { throw cell.broken("an unknown version of its format") }
            bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        }
        guard cell.isOne(of: .text, .varchar, .bpchar, .name, .json, .jsonb, .unknown, .char) else {
            throw cell.mismatch("a text")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw cell.broken("not UTF-8") }
        return text
    }
}

extension Numeric: DatabaseDecodable {
    package static func decode(_ cell: Cell) throws(DatabaseError) -> Numeric {
        guard cell.isOne(of: .numeric) else { throw cell.mismatch("a numeric") }
        return try NumericDecoder(cell).value()
    }
}
