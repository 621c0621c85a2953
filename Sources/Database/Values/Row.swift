/// One row of a result.
package struct Row: Sendable {
    let result: QueryResult
    let index: Int

    /// The value of a column; NULL is an error.
    package func value<T: DatabaseDecodable>(_ column: String, as: T.Type = T.self) throws(DatabaseError) -> T
    {
        try value(try result.index(of: column))
    }

    package func value<T: DatabaseDecodable>(_ column: Int, as: T.Type = T.self) throws(DatabaseError) -> T {
        if let value: T = try optional(column) { return value }
        throw DatabaseError(
            .decoding, "column \"\(result.columns[column].name)\" of row \(index) is NULL",
            remedy: "Read it with optional(_:), or exclude NULL in the statement")
    }

    /// The value of a column, nil when it is NULL.
    package func optional<T: DatabaseDecodable>(
        _ column: String, as: T.Type = T.self
    ) throws(DatabaseError) -> T? {
        try optional(try result.index(of: column))
    }

    package func optional<T: DatabaseDecodable>(
        _ column: Int, as: T.Type = T.self
    ) throws(DatabaseError) -> T? {
        guard result.columns.indices.contains(column) else {
            throw DatabaseError(
                .decoding, "the result has no column number \(column)",
                remedy: "It has \(result.columns.count), counted from 0")
        }
        let place = result.places[index * result.columns.count + column]
        if place.length < 0 { return nil }
        do throws(DatabaseError) {
            return try result.bytes.withUnsafeBufferPointer { (bytes) throws(DatabaseError) -> T in
                let value = UnsafeRawBufferPointer(
                    bytes.extracting(place.offset..<(place.offset + place.length)))
                return try T.decode(Cell(type: result.columns[column].type, bytes: value))
            }
        } catch {
            var named = error
            named.place = "column \"\(result.columns[column].name)\", row \(index)"
            throw named
        }
    }
}
