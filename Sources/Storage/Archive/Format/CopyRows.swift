import Market

/// Finds the rows in the bytes of a binary COPY, wherever the pieces end, so that a block can end between
/// two rows. No I/O.
struct CopyRows {
    /// A row larger than this is no row of ours.
    static let rowBytesMax = 64 << 20
    static let header: [UInt8] = [
        0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0,
    ]
    static let trailer: [UInt8] = [0xFF, 0xFF]

    private let fieldCount: Int
    private let timeField: Int
    /// Whole rows up to `rowsEnd`, then the beginning of one.
    private var bytes: [UInt8] = []
    private var rowsEnd = 0
    private var hasHeader = false
    private(set) var hasEnded = false
    private(set) var rowsWaiting = 0
    private(set) var earliest: Instant?
    private(set) var latest: Instant?

    init(fieldCount: Int, timeField: Int) {
        self.fieldCount = fieldCount
        self.timeField = timeField
    }

    /// The bytes of whole rows that wait to be taken.
    var bytesWaiting: Int { rowsEnd }

    /// A COPY that is whole leaves nothing after its trailer.
    var isWhole: Bool { hasEnded && bytes.count == rowsEnd }

    /// Takes a piece; says why it is no COPY of these columns, if so.
    mutating func add(_ piece: [UInt8]) -> String? {
        bytes += piece
        if !hasHeader {
            guard Self.header.starts(with: bytes.prefix(Self.header.count)) else {
                return "no header of a binary COPY"
            }
            guard bytes.count >= Self.header.count else { return nil }
            bytes.removeFirst(Self.header.count)
            hasHeader = true
        }
        return scan()
    }

    /// The whole rows so far, without header and trailer.
    mutating func take() -> (bytes: [UInt8], rows: Int) {
        let taken = (Array(bytes[..<rowsEnd]), rowsWaiting)
        bytes.removeFirst(rowsEnd)
        rowsEnd = 0
        rowsWaiting = 0
        return taken
    }

    private mutating func scan() -> String? {
        var fault: String?
        var position = rowsEnd
        var rows = 0
        var times: (Int64, Int64)?
        bytes.withUnsafeBytes { buffer in
            while fault == nil {
                guard !hasEnded, let count = Self.integer(buffer, position, Int16.self) else { break }
                if count == -1 {
                    hasEnded = true
                    break
                }
                guard Int(count) == fieldCount else {
                    fault = "a row has \(count) fields instead of \(fieldCount)"
                    break
                }
                guard let end = rowEnd(buffer, from: position + 2, &times, &fault) else { break }
                position = end
                rows += 1
            }
        }
        // The trailer belongs to no row.
        if hasEnded { bytes.removeSubrange(position..<min(position + 2, bytes.count)) }
        rowsEnd = position
        rowsWaiting += rows
        if let times { widen(times) }
        if fault == nil, hasEnded, bytes.count > rowsEnd { fault = "bytes follow the end" }
        if fault == nil, bytes.count - rowsEnd > Self.rowBytesMax {
            fault = "a row has more than \(Self.rowBytesMax) bytes"
        }
        return fault
    }

    /// Where the row ends whose fields begin at `start`; nil when its end has not come.
    private func rowEnd(
        _ buffer: UnsafeRawBufferPointer, from start: Int, _ times: inout (Int64, Int64)?,
        _ fault: inout String?
    ) -> Int? {
        var position = start
        var time: Int64?
        for field in 0..<fieldCount {
            guard let length = Self.integer(buffer, position, Int32.self) else { return nil }
            guard length >= -1, length <= Self.rowBytesMax else {
                fault = "a field has \(length) bytes"
                return nil
            }
            position += 4
            if field == timeField {
                guard length == 8 else {
                    fault = "a row has no time"
                    return nil
                }
                time = Self.integer(buffer, position, Int64.self)
            }
            position += max(0, Int(length))
        }
        guard position <= buffer.count, let time else { return nil }
        times = times.map { (min($0.0, time), max($0.1, time)) } ?? (time, time)
        return position
    }

    /// PostgreSQL counts from 2000-01-01.
    private mutating func widen(_ times: (Int64, Int64)) {
        let base = Instant(microseconds: 946_684_800_000_000)
        let (first, last) = (base.adding(microseconds: times.0), base.adding(microseconds: times.1))
        earliest = min(earliest ?? first, first)
        latest = max(latest ?? last, last)
    }

    private static func integer<T: FixedWidthInteger>(
        _ buffer: UnsafeRawBufferPointer, _ offset: Int, _: T.Type
    ) -> T? {
        guard offset + MemoryLayout<T>.size <= buffer.count else { return nil }
        return T(bigEndian: buffer.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
