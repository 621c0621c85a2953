/// One row of a binary COPY. It does not name its types: the reader knows what it asked for.
package struct CopyRow: Sendable {
    let bytes: [UInt8]
    let places: [QueryResult.Place]

    package var count: Int { places.count }

    /// The value of a field; NULL is an error.
    package func value<T: DatabaseDecodable>(_ field: Int, as: T.Type = T.self) throws(DatabaseError) -> T {
        if let value: T = try optional(field) { return value }
        throw DatabaseError(.decoding, "field \(field) is NULL", remedy: "Read it with optional(_:)")
    }

    /// The value of a field, nil when it is NULL.
    package func optional<T: DatabaseDecodable>(
        _ field: Int, as: T.Type = T.self
    ) throws(DatabaseError) -> T? {
        guard places.indices.contains(field) else {
            throw DatabaseError(
                .decoding, "the row has no field \(field)", remedy: "It has \(places.count), counted from 0")
        }
        let place = places[field]
        if place.length < 0 { return nil }
        return try bytes.withUnsafeBufferPointer { (bytes) throws(DatabaseError) -> T in
            let value = bytes.extracting(place.offset..<(place.offset + place.length))
            return try T.decode(Cell(type: .unspecified, bytes: UnsafeRawBufferPointer(value)))
        }
    }
}
