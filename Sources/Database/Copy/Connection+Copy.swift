extension Connection {
    /// Writes rows into a table by binary COPY and returns how many the server took.
    ///
    /// `limit` is for each step: how long the server may take to accept 256 KB, and to end. When `body`
    /// throws, nothing is written. Inside a transaction the COPY is a part of it.
    @discardableResult
    package func copyIn(
        _ table: CopyTable, within limit: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (inout CopyWriter) async throws -> Void
    ) async throws -> Int {
        try refuseWhenCancelled()
        try claim()
        defer { release() }
        return try await copyIn(CopyStream(table, on: link), within: limit, body)
    }

    /// Sends ready-made bytes by any `COPY … FROM STDIN`, and returns how many rows the server took.
    @discardableResult
    package func copyIn(
        raw statement: String, within limit: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (inout CopyWriter) async throws -> Void
    ) async throws -> Int {
        try refuseWhenCancelled()
        try claim()
        defer { release() }
        return try await copyIn(CopyStream(raw: statement), within: limit, body)
    }

    private func copyIn(
        _ stream: consuming CopyStream, within limit: Duration?,
        isolation: isolated (any Actor)? = #isolation, _ body: (inout CopyWriter) async throws -> Void
    ) async throws -> Int {
        try await run(CopyBeginOperation(stream.statement, .fromClient), within: limit)
        var writer = CopyWriter(self, stream, within: limit)
        do {
            try await body(&writer)
            let rows = try await writer.finish()
            writer.stream.end(on: link)
            return rows
        } catch {
            await writer.abort()
            throw error
        }
    }

    /// Reads what a `COPY … TO STDOUT` gives; what `body` leaves unread is cancelled at the server.
    ///
    /// `limit` is for each piece: how long the server may be silent.
    @discardableResult
    package func copyOut<R>(
        _ statement: String, within limit: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (inout CopyReader) async throws -> R
    ) async throws -> R {
        try refuseWhenCancelled()
        try claim()
        defer { release() }
        try await run(CopyBeginOperation(statement, .toClient), within: limit)
        var reader = CopyReader(self, statement, within: limit)
        do {
            let output = try await body(&reader)
            await reader.stop()
            return output
        } catch {
            await reader.stop()
            throw error
        }
    }

    /// Reads a table by binary COPY.
    @discardableResult
    package func copyOut<R>(
        _ table: CopyTable, within limit: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (inout CopyReader) async throws -> R
    ) async throws -> R {
        try await copyOut(table.readingStatement, within: limit, body)
    }
}

extension BlockingConnection {
    /// Writes rows into a table by binary COPY, like the other form.
    @discardableResult
    package func copyIn(
        _ table: CopyTable, within limit: Duration? = nil,
        _ body: (inout BlockingCopyWriter) throws -> Void
    ) throws -> Int {
        try connection.claim()
        defer { connection.release() }
        try run(CopyBeginOperation(table.writingStatement, .fromClient), within: limit)
        var writer = BlockingCopyWriter(self, CopyStream(table, on: connection.link), within: limit)
        do {
            try body(&writer)
            let rows = try writer.finish()
            writer.stream.end(on: connection.link)
            return rows
        } catch {
            writer.abort()
            throw error
        }
    }
}
