/// Reads what one COPY gives, as pieces of bytes or as rows; a piece is in memory at a time.
package struct CopyReader: ~Copyable, Sendable {
    private let connection: Connection
    private let statement: String
    private let limit: Duration?
    private var decoder = CopyDecoder()
    private(set) var hasEnded = false

    init(_ connection: Connection, _ statement: String, within limit: Duration?) {
        self.connection = connection
        self.statement = statement
        self.limit = limit
    }

    /// The next bytes as the server sent them, nil after the last: for archives.
    package mutating func nextPiece() async throws(DatabaseError) -> [UInt8]? {
        if hasEnded { return nil }
        try connection.refuseWhenCancelled()
        do throws(DatabaseError) {
            let piece = try await connection.run(CopyOutOperation(statement), within: limit)
            hasEnded = piece.isLast
            return piece.bytes.isEmpty ? nil : piece.bytes
        } catch {
            hasEnded = true
            throw error
        }
    }

    /// The next row of a COPY in the binary format, nil after the last.
    package mutating func nextRow() async throws(DatabaseError) -> CopyRow? {
        while true {
            if let row = try decoder.next() { return row }
            guard let piece = try await nextPiece() else {
                try decoder.finish()
                return nil
            }
            try decoder.add(piece)
        }
    }

    /// Tells the server that the rest is not wanted.
    mutating func stop() async {
        guard !hasEnded, connection.link.handle != nil else { return }
        hasEnded = true
        let stop = DatabaseError(.cancelled, "the rest of the COPY is not wanted", place: connection.place)
        do throws(DatabaseError) {
            let operation = CopyOutOperation(statement, stop: stop)
            _ = try await connection.run(operation, within: limit, isCancellable: false)
        } catch {
            // That is how it ends; a connection that did not react has closed itself.
            return
        }
    }
}
