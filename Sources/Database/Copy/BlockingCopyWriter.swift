/// Writes the rows of one COPY on a thread of our own: for each row `beginRow`, its fields in order,
/// then `flushIfFull`.
package struct BlockingCopyWriter: ~Copyable {
    private let blocking: BlockingConnection
    private let limit: Duration?
    var stream: CopyStream

    init(_ blocking: BlockingConnection, _ stream: consuming CopyStream, within limit: Duration?) {
        self.blocking = blocking
        self.limit = limit
        self.stream = stream
    }

    /// Where the fields go.
    package var row: RowEncoder {
        _read { yield stream.encoder }
        _modify { yield &stream.encoder }
    }

    /// Sends what has been written when it is worth it; waits while the server is slower than we are.
    package mutating func flushIfFull() throws(DatabaseError) {
        if stream.isFull { try flush() }
    }

    package mutating func flush() throws(DatabaseError) {
        try stream.handOver(to: blocking.connection.link)
        try run(.flush)
    }

    mutating func finish() throws(DatabaseError) -> Int {
        try stream.handOverEnd(to: blocking.connection.link)
        return try run(.finish)
    }

    mutating func abort() {
        guard stream.failure == nil, blocking.connection.link.handle != nil else { return }
        do throws(DatabaseError) {
            _ = try blocking.run(
                CopyInOperation(.abort("given up by the client"), stream.statement), within: limit)
        } catch {
            // The server confirms with an error; a lost connection has closed itself.
            stream.ended(with: error)
        }
    }

    @discardableResult
    private mutating func run(_ goal: CopyInOperation.Goal) throws(DatabaseError) -> Int {
        do throws(DatabaseError) {
            return try blocking.run(CopyInOperation(goal, stream.statement), within: limit)
        } catch {
            stream.ended(with: error)
            throw error
        }
    }
}
