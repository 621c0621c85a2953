/// Writes the rows of one COPY: for each row `beginRow`, its fields in order, then `flushIfFull`.
package struct CopyWriter: ~Copyable, Sendable {
    private let connection: Connection
    private let limit: Duration?
    var stream: CopyStream

    init(_ connection: Connection, _ stream: consuming CopyStream, within limit: Duration?) {
        self.connection = connection
        self.limit = limit
        self.stream = stream
    }

    /// Where the fields go.
    package var row: RowEncoder {
        _read { yield stream.encoder }
        _modify { yield &stream.encoder }
    }

    /// Sends what has been written when it is worth it; waits while the server is slower than we are.
    package mutating func flushIfFull() async throws(DatabaseError) {
        if stream.isFull { try await flush() }
    }

    package mutating func flush() async throws(DatabaseError) {
        try stream.handOver(to: connection.link)
        try await run(.flush)
    }

    /// Ready-made bytes: a part of what an earlier COPY gave.
    package mutating func send(_ bytes: [UInt8]) async throws(DatabaseError) {
        if let failure = stream.failure { throw failure }
        var start = 0
        while start < bytes.count {
            let end = min(start + CopyStream.flushBytes, bytes.count)
            try CopyStream.put(bytes, start..<end, to: connection.link)
            try await run(.flush)
            start = end
        }
    }

    /// Ends the COPY and returns the rows that the server took.
    mutating func finish() async throws(DatabaseError) -> Int {
        try stream.handOverEnd(to: connection.link)
        return try await run(.finish)
    }

    /// Has the server throw away what was sent, unless the COPY has ended already.
    mutating func abort() async {
        guard stream.failure == nil, connection.link.handle != nil else { return }
        do throws(DatabaseError) {
            let operation = CopyInOperation(.abort("given up by the client"), stream.statement)
            _ = try await connection.run(operation, within: limit, isCancellable: false)
        } catch {
            // The server confirms with an error; a lost connection has closed itself.
            stream.ended(with: error)
        }
    }

    @discardableResult
    private mutating func run(_ goal: CopyInOperation.Goal) async throws(DatabaseError) -> Int {
        try connection.refuseWhenCancelled()
        do throws(DatabaseError) {
            return try await connection.run(CopyInOperation(goal, stream.statement), within: limit)
        } catch {
            // Operations end in order: the COPY is over.
            stream.ended(with: error)
            throw error
        }
    }
}
