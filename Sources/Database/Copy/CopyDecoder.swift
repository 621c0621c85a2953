/// Cuts the bytes of a binary COPY into rows, wherever the pieces end. No I/O.
package struct CopyDecoder {
    private enum State {
        case header
        case rows
        case ended
    }

    /// What may be waiting for the rest of a row: PostgreSQL's own limit.
    static let waitingBytesMax = 1 << 30

    private var state = State.header
    private var bytes: [UInt8] = []
    private var position = 0

    package init() {}

    package mutating func add(_ piece: [UInt8]) throws(DatabaseError) {
        if position == bytes.count {
            bytes = piece
        } else {
            bytes.removeFirst(position)
            guard bytes.count + piece.count <= Self.waitingBytesMax else {
                throw broken("a row of over 1 GB")
            }
            bytes += piece
        }
        position = 0
    }

    /// The next whole row; nil when more bytes are needed, or after the last.
    package mutating func next() throws(DatabaseError) -> CopyRow? {
        if state == .header {
            guard try skipHeader() else { return nil }
            state = .rows
        }
        guard state == .rows, let fieldCount = integer(at: position, as: Int16.self) else { return nil }
        if fieldCount == -1 {
            state = .ended
            position += 2
            return nil
        }
        guard fieldCount >= 0 else { throw broken("a row of \(fieldCount) fields") }
        return try row(Int(fieldCount))
    }

    /// Called after the last piece: the format has an end of its own.
    package func finish() throws(DatabaseError) {
        guard state == .ended else { throw broken("it ends in the middle") }
        guard position == bytes.count else { throw broken("bytes after its end") }
    }

    private mutating func row(_ fieldCount: Int) throws(DatabaseError) -> CopyRow? {
        var places: [QueryResult.Place] = []
        places.reserveCapacity(fieldCount)
        let start = position + 2
        var offset = start
        for _ in 0..<fieldCount {
            guard let length = integer(at: offset, as: Int32.self) else { return nil }
            offset += 4
            guard length >= -1 else { throw broken("a field of \(length) bytes") }
            places.append(QueryResult.Place(offset: offset - start, length: Int(length)))
            offset += max(0, Int(length))
            if offset > bytes.count { return nil }
        }
        position = offset
        return CopyRow(bytes: Array(bytes[start..<offset]), places: places)
    }

    /// False when the header is not complete.
    private mutating func skipHeader() throws(DatabaseError) -> Bool {
        let signature: [UInt8] = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00]
        let start = bytes.prefix(signature.count)
        guard signature.starts(with: start) else { throw broken("no signature: is it text or CSV?") }
        guard let flags = integer(at: 11, as: UInt32.self), let more = integer(at: 15, as: UInt32.self)
        else { return false }
        guard flags & 0xFFFF_0000 == 0 else { throw broken("a flag that we do not know") }
        guard bytes.count >= 19 + Int(more) else { return false }
        position = 19 + Int(more)
        return true
    }

    private func integer<T: FixedWidthInteger>(at offset: Int, as: T.Type) -> T? {
        guard offset + MemoryLayout<T>.size <= bytes.count else { return nil }
        return bytes.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
    }

    private func broken(_ what: String) -> DatabaseError {
        DatabaseError(
            .protocolViolation, "the bytes are no binary COPY: \(what)",
            remedy: "Ask for COPY … TO STDOUT (FORMAT binary)")
    }
}
