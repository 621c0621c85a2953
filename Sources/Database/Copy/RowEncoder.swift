/// Writes rows in PostgreSQL's binary COPY format into one reusable buffer, without allocating.
///
/// Fields are written in the order of the columns. A mistake (a wrong number of fields, a number that
/// `numeric` cannot hold) does not interrupt the writing: the first one is kept in `failure`, and
/// nothing more is sent. It alone owns its memory, so it may move between threads.
package struct RowEncoder: ~Copyable, @unchecked Sendable {
    /// What may be written between two flushes, hence one row's size too (PostgreSQL's limit is 1 GB).
    static let bytesMax = 512 << 20
    /// What a table may have.
    static let fieldsMax = 1600

    private var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    private(set) var count = 0
    private var fields: Int
    private var fieldsLeft = 0
    /// The rows begun.
    package private(set) var rows = 0
    package private(set) var failure: DatabaseError?

    /// `fields` is the number of columns, at most `fieldsMax`.
    package init(fields: Int, capacityBytes: Int = 4096) {
        self.fields = fields
        capacity = max(capacityBytes, 64)
        base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// What has been written; valid until the next change.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Forgets the bytes once they are sent; the memory stays.
    mutating func removeBytes() {
        count = 0
    }

    /// Everything anew, for rows of so many fields; the memory stays.
    mutating func reset(fields: Int) {
        self.fields = fields
        count = 0
        fieldsLeft = 0
        rows = 0
        failure = nil
    }

    // MARK: Rows

    package mutating func beginRow() {
        endRow()
        rows += 1
        fieldsLeft = fields
        store(Int16(truncatingIfNeeded: fields))
    }

    /// Checks that the row begun last has all its fields.
    mutating func endRow() {
        if fieldsLeft != 0 { fail("row \(rows) lacks \(fieldsLeft) of its fields") }
    }

    private mutating func beginField(_ length: Int) {
        fieldsLeft -= 1
        if fieldsLeft < 0 || length > Self.bytesMax || count + length > Self.bytesMax {
            return refuseField(length)
        }
        reserve(length + 4)
        base.storeBytes(of: Int32(length).bigEndian, toByteOffset: count, as: Int32.self)
        count += 4
    }

    private mutating func refuseField(_ length: Int) {
        if fieldsLeft < 0 {
            fieldsLeft = 0
            fail("row \(rows) has more than its \(fields) fields")
        } else {
            fail("row \(rows) makes more than \(Self.bytesMax) bytes without a flush")
        }
        // What is written now is thrown away with the failed COPY; there must be room for it, though.
        reserve(min(length, Self.bytesMax) + 4)
    }

    mutating func fail(_ what: String) {
        if failure == nil {
            failure = DatabaseError(
                .encoding, what, remedy: "This is a mistake in the program that writes it")
        }
    }

    // MARK: Fields

    package mutating func writeNull() {
        fieldsLeft -= 1
        if fieldsLeft < 0 { refuseField(0) }
        store(Int32(-1))
    }

    package mutating func writeBool(_ value: Bool) {
        beginField(1)
        store(UInt8(value ? 1 : 0))
    }

    package mutating func writeInt16(_ value: Int16) {
        beginField(2)
        store(value)
    }

    package mutating func writeInt32(_ value: Int32) {
        beginField(4)
        store(value)
    }

    package mutating func writeInt64(_ value: Int64) {
        beginField(8)
        store(value)
    }

    package mutating func writeDouble(_ value: Double) {
        beginField(8)
        store(value.bitPattern)
    }

    package mutating func writeTimestamp(microseconds: Int64) {
        writeInt64(Timestamp.wireValue(ofMicroseconds: microseconds))
    }

    /// `unscaled` × 10^−`scale`, without trailing zeros.
    package mutating func writeNumeric(unscaled: Int128, scale: Int) {
        guard let digits = NumericDigits(unscaled: unscaled, scale: scale) else {
            fail("a numeric's scale is \(scale); it must be 0 to \(NumericDigits.scaleMax)")
            return writeNull()
        }
        beginField(digits.byteCount)
        storeNumeric(digits)
    }

    package mutating func writeText(_ text: String) {
        var text = text
        text.withUTF8 { writeText(UnsafeRawBufferPointer($0)) }
    }

    package mutating func writeText(_ text: StaticString) {
        text.withUTF8Buffer { writeText(UnsafeRawBufferPointer($0)) }
    }

    /// UTF-8 bytes, or the bytes of a `bytea`.
    package mutating func writeText(_ bytes: UnsafeRawBufferPointer) {
        beginField(bytes.count)
        store(bytes)
    }

    package mutating func writeBytes(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { writeText($0) }
    }

    package mutating func writeJsonb(_ text: String) {
        var text = text
        text.withUTF8 { writeJsonb(UnsafeRawBufferPointer($0)) }
    }

    package mutating func writeJsonb(_ bytes: UnsafeRawBufferPointer) {
        beginField(bytes.count + 1)
        // The version of jsonb's wire format.
        store(UInt8(1))
        store(bytes)
    }

    // MARK: Bytes

    mutating func store<T: FixedWidthInteger>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        base.storeBytes(of: value.bigEndian, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    mutating func store(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, failure == nil else { return }
        reserve(bytes.count)
        (base + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func storeNumeric(_ digits: borrowing NumericDigits) {
        store(Int16(digits.groupCount))
        store(digits.weight)
        store(digits.sign)
        store(digits.displayScale)
        for index in 0..<digits.groupCount { store(digits.group(at: index)) }
    }

    /// The length of what is written by `body` goes before it: for fields of unknown length.
    mutating func writeField(_ body: (inout RowEncoder) -> Void) {
        beginField(0)
        let start = count
        body(&self)
        let length = count - start
        if length > Self.bytesMax { return fail("row \(rows) takes more than \(Self.bytesMax) bytes") }
        base.storeBytes(of: Int32(length).bigEndian, toByteOffset: start - 4, as: Int32.self)
    }

    private mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        base = moved
        capacity = larger
    }
}
