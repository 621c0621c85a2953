/// One value as the server sent it, in binary; its bytes are borrowed for the time of decoding.
package struct Cell {
    package let type: PostgresType
    package let bytes: UnsafeRawBufferPointer

    init(type: PostgresType, bytes: UnsafeRawBufferPointer) {
        self.type = type
        self.bytes = bytes
    }

    /// Whether the type is one of these, or was not named (in a COPY), so that the length decides.
    func isOne(of types: PostgresType...) -> Bool {
        type == .unspecified || types.contains(type)
    }

    /// The big-endian integer at `offset`; nil when the bytes end before it.
    func integer<T: FixedWidthInteger>(at offset: Int = 0, as: T.Type = T.self) -> T? {
        guard offset >= 0, offset + MemoryLayout<T>.size <= bytes.count else { return nil }
        return T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The integer, when it is exactly the value.
    func whole<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T? {
        bytes.count == MemoryLayout<T>.size ? integer(at: 0) : nil
    }

    func mismatch(_ wanted: String) -> DatabaseError {
        let found = type == .unspecified ? "a field of \(bytes.count) bytes" : "of type \(type.described)"
        return DatabaseError(
            .decoding, "the value is \(found), which is not \(wanted)",
            remedy: "Read it as what it is, or cast it in the statement")
    }

    func broken(_ what: String) -> DatabaseError {
        DatabaseError(
            .protocolViolation, "the server sent a broken \(type.described): \(what)",
            remedy: "Make sure that a PostgreSQL server of version 15 or later answers")
    }
}
