/// A connection's operations for a thread of our own, which waits itself.
package struct BlockingConnection: Sendable {
    package let connection: Connection

    package static func connect(
        _ options: ConnectionOptions, within limit: Duration? = nil
    ) throws(DatabaseError) -> BlockingConnection {
        let attempt = try ConnectAttempt(options, within: limit)
        return try attempt.conclude(after: BlockingWaiter.wait(attempt.wait)).blocking
    }

    /// Runs one statement with binary parameters and returns its rows.
    @discardableResult
    package func query(
        _ sql: String, _ parameters: [DatabaseValue] = [], within limit: Duration? = nil
    ) throws(DatabaseError) -> QueryResult {
        let statement = try Statement(sql, parameters)
        return try perform(
            QueryOperation(statement, resultBytesMax: connection.options.resultBytesMax), within: limit)
    }

    /// Runs statements without parameters, as one transaction unless the script has its own.
    package func execute(_ script: String, within limit: Duration? = nil) throws(DatabaseError) {
        _ = try perform(ScriptOperation(script), within: limit)
    }

    package func close() throws(DatabaseError) { try connection.close() }

    func perform<O: Operation>(_ operation: O, within limit: Duration?) throws(DatabaseError) -> O.Output {
        try connection.claim()
        defer { connection.release() }
        return try run(operation, within: limit)
    }

    /// The driver for threads: waits with poll. The connection is claimed.
    func run<O: Operation>(_ operation: O, within limit: Duration?) throws(DatabaseError) -> O.Output {
        var exchange = Exchange(
            operation, on: connection.link, within: limit ?? connection.options.statementLimit,
            isCancellable: false)
        var outcome = WaitOutcome.ready
        while true {
            switch exchange.advance(after: outcome) {
            case .wait(let wait): outcome = BlockingWaiter.wait(wait)
            case .finished(let result): return try result.get()
            }
        }
    }
}
