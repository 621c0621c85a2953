/// How a frame stands in memory and inside a block, little-endian and without gaps between frames:
///
///      0  payload bytes  UInt32          8  connection            UInt32
///      4  label bytes    UInt16         12  received, monotonic   Int64, nanoseconds
///      6  kind           UInt8          20  received, wall clock  Int64, microseconds
///      7  zero                          28  label, then payload
///
/// Sequence numbers within a block follow each other, so only the block's first is written.
enum FrameLayout {
    static let headBytes = 28

    static func bytes(label: Int, payload: Int) -> Int { headBytes + label + payload }

    static let bytesMax = bytes(
        label: JournalSettings.labelBytesMax, payload: JournalSettings.payloadBytesMax)

    /// `target` has room for all of it.
    static func write(
        _ head: FrameHead, label: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer,
        to target: UnsafeMutableRawPointer
    ) {
        func store(_ value: some FixedWidthInteger, _ offset: Int) {
            target.storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
        }
        store(UInt32(truncatingIfNeeded: payload.count), 0)
        store(UInt16(truncatingIfNeeded: label.count), 4)
        store(head.kind.rawValue, 6)
        store(UInt8(0), 7)
        store(head.connection, 8)
        store(head.time.monotonicNanoseconds, 12)
        store(head.time.unixMicroseconds, 20)
        if let base = label.baseAddress {
            (target + headBytes).copyMemory(from: base, byteCount: label.count)
        }
        if let base = payload.baseAddress {
            (target + headBytes + label.count).copyMemory(from: base, byteCount: payload.count)
        }
    }

    /// The bytes of the frame that begins here; nil when its head is not whole.
    static func bytes(at bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= headBytes else { return nil }
        let payload = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)))
        let label = Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
        return headBytes + label + payload
    }

    static func monotonicNanoseconds(at bytes: UnsafeRawPointer) -> Int64 {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int64.self))
    }

    static func unixMicroseconds(at bytes: UnsafeRawPointer) -> Int64 {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 20, as: Int64.self))
    }

    /// Nil when the bytes are not a whole frame of a kind that is known.
    static func read(_ bytes: UnsafeRawBufferPointer, sequence: UInt64) -> JournalFrame? {
        guard let count = Self.bytes(at: bytes), count <= bytes.count,
            let kind = FrameKind(rawValue: bytes[6])
        else { return nil }
        let label = Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
        let connection = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        guard let base = bytes.baseAddress else { return nil }
        let time = JournalTime(
            monotonicNanoseconds: monotonicNanoseconds(at: base), unixMicroseconds: unixMicroseconds(at: base)
        )
        return JournalFrame(
            head: FrameHead(sequence: sequence, time: time, connection: connection, kind: kind),
            label: UnsafeRawBufferPointer(rebasing: bytes[headBytes..<headBytes + label]),
            payload: UnsafeRawBufferPointer(rebasing: bytes[(headBytes + label)..<count]))
    }
}
