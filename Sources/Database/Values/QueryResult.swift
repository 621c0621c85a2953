/// The rows that a statement returned, wholly read; they hold no memory of libpq.
package final class QueryResult: RandomAccessCollection, Sendable {
    package struct Column: Sendable, Equatable {
        package let name: String
        package let type: PostgresType
    }

    /// Where a value stands in `bytes`; NULL has a length of −1.
    struct Place: Sendable {
        var offset: Int
        var length: Int
    }

    package let columns: [Column]
    /// What the server calls what it did: `INSERT 0 5`.
    package let commandTag: String
    /// The rows inserted, updated, deleted, copied or selected.
    package let affectedRows: Int
    let bytes: [UInt8]
    let places: [Place]
    private let indexes: [String: Int]

    init(columns: [Column], commandTag: String, affectedRows: Int, bytes: [UInt8], places: [Place]) {
        self.columns = columns
        self.commandTag = commandTag
        self.affectedRows = affectedRows
        self.bytes = bytes
        self.places = places
        indexes = Dictionary(
            columns.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first }
        )
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { columns.isEmpty ? 0 : places.count / columns.count }

    package subscript(position: Int) -> Row {
        Row(result: self, index: position)
    }

    /// The only row; an error when there are none or several.
    package func single() throws(DatabaseError) -> Row {
        guard count == 1 else {
            throw DatabaseError(
                .decoding, "the statement returned \(count) rows, one was expected",
                remedy: "Correct the statement, or what it reads")
        }
        return self[0]
    }

    func index(of column: String) throws(DatabaseError) -> Int {
        if let index = indexes[column] { return index }
        throw DatabaseError(
            .decoding, "the result has no column \"\(column)\"",
            remedy: "It has: \(columns.map(\.name).joined(separator: ", "))")
    }
}
