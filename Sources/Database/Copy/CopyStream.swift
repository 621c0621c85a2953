import CPostgres

/// Counts and frames what a COPY from us sends; the same for both forms of writer.
struct CopyStream: ~Copyable, Sendable {
    /// More than this is sent before more is written.
    static let flushBytes = 256 << 10
    /// Room for the row that goes over it.
    private static let capacityBytes = flushBytes + (64 << 10)

    var encoder: RowEncoder
    let statement: String
    /// Why the server ended the COPY, when it did.
    private(set) var failure: DatabaseError?
    private let isFramed: Bool

    /// Rows in the binary format, with its header and trailer. Takes the connection's encoder, for its memory.
    init(_ table: CopyTable, on link: Link) {
        statement = table.writingStatement
        isFramed = true
        encoder = link.spareEncoder.take() ?? RowEncoder(fields: 0, capacityBytes: Self.capacityBytes)
        encoder.reset(fields: table.columns.count)
        encoder.storeHeader()
    }

    /// Bytes that are ready to send.
    init(raw statement: String) {
        self.statement = statement
        isFramed = false
        encoder = RowEncoder(fields: 0)
    }

    /// Leaves the encoder's memory for the next COPY, unless one row made it large.
    consuming func end(on link: Link) {
        if isFramed && encoder.capacity <= Self.capacityBytes { link.spareEncoder = consume encoder }
    }

    var isFull: Bool { encoder.count >= Self.flushBytes }

    mutating func ended(with error: DatabaseError) {
        if failure == nil { failure = error }
    }

    /// Hands what has been written to libpq.
    mutating func handOver(to link: Link) throws(DatabaseError) {
        if let failure { throw failure }
        if let failure = encoder.failure { throw failure }
        try Self.put(encoder.bytes, to: link)
        encoder.removeBytes()
    }

    /// The last of it, with the trailer.
    mutating func handOverEnd(to link: Link) throws(DatabaseError) {
        encoder.endRow()
        if isFramed { encoder.store(Int16(-1)) }
        try handOver(to: link)
    }

    static func put(_ bytes: [UInt8], _ range: Range<Int>, to link: Link) throws(DatabaseError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(DatabaseError) in
            try put(UnsafeRawBufferPointer(bytes.extracting(range)), to: link)
        }
    }

    static func put(_ bytes: UnsafeRawBufferPointer, to link: Link) throws(DatabaseError) {
        guard !bytes.isEmpty else { return }
        let status = PQputCopyData(
            try link.open(), bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        // A broken connection shows in the flush that follows.
        if status == 0 {
            throw DatabaseError(.limit, "no memory to send \(bytes.count) bytes", place: link.place)
        }
        if status < 0 && !link.isBroken { link.markBroken() }
    }
}

extension RowEncoder {
    /// The signature of the binary format, no flags, no extension.
    mutating func storeHeader() {
        let signature: StaticString = "PGCOPY\n"
        signature.withUTF8Buffer { store(UnsafeRawBufferPointer($0)) }
        store(UInt32(0xFF0D_0A00))
        store(UInt32(0))
        store(UInt32(0))
    }
}
