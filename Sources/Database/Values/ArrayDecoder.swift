/// Reads PostgreSQL's binary arrays of one dimension.
struct ArrayDecoder {
    private let cell: Cell
    private let elementType: PostgresType
    private let count: Int
    private let start: Int

    init(_ cell: Cell) throws(DatabaseError) {
        guard let dimensions = cell.integer(at: 0, as: Int32.self), dimensions >= 0,
            let type = cell.integer(at: 8, as: UInt32.self)
        else { throw cell.mismatch("an array") }
        guard dimensions <= 1 else {
            throw DatabaseError(
                .decoding, "the array has \(dimensions) dimensions", remedy: "Unnest it in the statement")
        }
        var count: Int32 = 0
        if dimensions == 1 {
            guard let length = cell.integer(at: 12, as: Int32.self), length >= 0,
                // An element takes four bytes at least.
                Int(length) <= (cell.bytes.count - 20) / 4
            else { throw cell.mismatch("an array") }
            count = length
        }
        self.cell = cell
        elementType = PostgresType(rawValue: type)
        self.count = Int(count)
        start = 20
    }

    func elements<T>(_ decode: (Cell?) throws(DatabaseError) -> T) throws(DatabaseError) -> [T] {
        var elements: [T] = []
        elements.reserveCapacity(count)
        var offset = start
        for _ in 0..<count {
            guard let length = cell.integer(at: offset, as: Int32.self) else {
                throw cell.broken("an array cut short")
            }
            offset += 4
            if length < 0 {
                elements.append(try decode(nil))
                continue
            }
            guard offset + Int(length) <= cell.bytes.count else { throw cell.broken("an array cut short") }
            let bytes = UnsafeRawBufferPointer(rebasing: cell.bytes[offset..<(offset + Int(length))])
            elements.append(try decode(Cell(type: elementType, bytes: bytes)))
            offset += Int(length)
        }
        return elements
    }
}
