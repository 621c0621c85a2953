import Database
import Market

/// A value that is a row of a time table.
package protocol StoredRow: Sendable {
    /// The columns that `encode` writes, in its order.
    static var columns: [String] { get }
    /// The columns of the key.
    static var keyColumns: [String] { get }
    var time: Instant { get }
    /// The table that the row belongs in.
    var table: TimeTable { get }
    /// Writes the fields of one row that has been begun.
    func encode(into row: inout RowEncoder)
}

extension RowEncoder {
    @inline(__always)
    mutating func write(_ value: Instant) { writeTimestamp(microseconds: value.microseconds) }
    @inline(__always)
    mutating func write(_ value: Decimal8) { writeNumeric(unscaled: value.unscaled, scale: 8) }
    @inline(__always)
    mutating func write(_ value: Decimal16) { writeNumeric(unscaled: value.unscaled, scale: 16) }
    @inline(__always)
    mutating func write(_ value: Symbol) { value.withBytes { writeText($0) } }

    mutating func write(_ value: Instant?) { if let value { write(value) } else { writeNull() } }
    mutating func write(_ value: Int64?) { if let value { writeInt64(value) } else { writeNull() } }
    mutating func write(_ value: Decimal8?) { if let value { write(value) } else { writeNull() } }
    mutating func write(_ value: Decimal16?) { if let value { write(value) } else { writeNull() } }
}
