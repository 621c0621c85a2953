/// A table and the columns of it that a COPY writes or reads, in the order of the fields.
package struct CopyTable: Sendable {
    package let columns: [String]
    let name: String

    /// Without a schema the server's search path decides.
    package init(schema: String? = nil, table: String, columns: [String]) throws(DatabaseError) {
        guard !columns.isEmpty, columns.count <= RowEncoder.fieldsMax else {
            throw DatabaseError(
                .encoding, "a COPY of \(columns.count) columns", place: table,
                remedy: "Name the columns, at most \(RowEncoder.fieldsMax)")
        }
        var quoted: [String] = []
        for column in columns { quoted.append(try quotedIdentifier(column)) }
        let target =
            if let schema { try quotedIdentifier(schema, table) } else { try quotedIdentifier(table) }
        name = target + " (" + quoted.joined(separator: ", ") + ")"
        self.columns = columns
    }

    var writingStatement: String { "COPY \(name) FROM STDIN (FORMAT binary)" }
    var readingStatement: String { "COPY \(name) TO STDOUT (FORMAT binary)" }
}
