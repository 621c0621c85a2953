import CPostgres
import Synchronization

/// A session with a PostgreSQL server, for one task at a time: a second one is refused with an error.
///
/// Everything has a deadline: the limit given, else the options'. When it passes, or the task is
/// cancelled, the statement is cancelled at the server and the session goes on; when the server does
/// not react, the connection is closed.
package final class Connection: @unchecked Sendable {
    // Guarded by `isClaimed`: only the operation that claimed the connection touches it.
    let link: Link
    private let isClaimed = Atomic<Bool>(false)
    private let isOpenNow = Atomic<Bool>(true)

    init(_ link: Link) {
        self.link = link
    }

    package static func connect(
        _ options: ConnectionOptions, within limit: Duration? = nil
    ) async throws(DatabaseError) -> Connection {
        let attempt = try ConnectAttempt(options, within: limit)
        return try attempt.conclude(after: await Poller.shared().wait(attempt.wait))
    }

    package var options: ConnectionOptions { link.options }
    package var place: String { link.place }

    /// False once the session has ended, by us or by the server, as far as we have seen.
    package var isOpen: Bool { isOpenNow.load(ordering: .acquiring) }

    /// The same session, waiting on the calling thread: for threads that are ours, never for tasks.
    package var blocking: BlockingConnection { BlockingConnection(connection: self) }

    /// Ends the session.
    package func close() throws(DatabaseError) {
        try claim()
        defer { release() }
        link.close()
    }

    /// Runs one statement with binary parameters and returns its rows.
    @discardableResult
    package func query(
        _ sql: String, _ parameters: [DatabaseValue] = [], within limit: Duration? = nil
    ) async throws(DatabaseError) -> QueryResult {
        let statement = try Statement(sql, parameters)
        return try await perform(
            QueryOperation(statement, resultBytesMax: options.resultBytesMax), within: limit)
    }

    /// Runs statements without parameters, as one transaction unless the script has its own.
    package func execute(_ script: String, within limit: Duration? = nil) async throws(DatabaseError) {
        _ = try await perform(ScriptOperation(script), within: limit)
    }

    /// The server's notices since the last call; the newest ones when they were many.
    package func takeNotices() -> [ServerMessage] { link.notices.take() }

    // MARK: What the session knows

    /// The server's version as a number: 150020 is 15.20.
    package func serverVersion() throws(DatabaseError) -> Int {
        try withHandle { Int(PQserverVersion($0)) }
    }

    /// The process that serves this session, as the server (or a pooler) told.
    package func backendProcess() throws(DatabaseError) -> Int32 {
        try withHandle { PQbackendPID($0) }
    }

    package func transactionState() throws(DatabaseError) -> TransactionState {
        try withHandle { TransactionState(PQtransactionStatus($0)) }
    }

    private func withHandle<R>(_ body: (OpaquePointer) -> R) throws(DatabaseError) -> R {
        try claim()
        defer { release() }
        return body(try link.open())
    }

    // MARK: One at a time

    /// Claims the connection for one operation, or for one COPY with everything in it.
    func claim() throws(DatabaseError) {
        let (isMine, _) = isClaimed.compareExchange(expected: false, desired: true, ordering: .acquiring)
        guard isMine else {
            throw DatabaseError(
                .misuse, "the connection is in use by another operation", place: place,
                remedy: "Use one connection a task, from a pool")
        }
    }

    func release() {
        if link.handle == nil { isOpenNow.store(false, ordering: .releasing) }
        isClaimed.store(false, ordering: .releasing)
    }

    /// A cancelled task sends nothing.
    func refuseWhenCancelled() throws(DatabaseError) {
        guard Task.isCancelled else { return }
        throw DatabaseError(.cancelled, "the task was cancelled before the statement was sent", place: place)
    }

    /// Claims the connection and takes an operation to its end.
    func perform<O: Operation & Sendable>(
        _ operation: O, within limit: Duration?, isCancellable: Bool = true
    ) async throws(DatabaseError) -> O.Output where O.Output: Sendable {
        if isCancellable { try refuseWhenCancelled() }
        try claim()
        defer { release() }
        return try await run(operation, within: limit, isCancellable: isCancellable)
    }

    /// The driver for tasks: waits with the poller. The connection is claimed.
    func run<O: Operation & Sendable>(
        _ operation: O, within limit: Duration?, isCancellable: Bool = true
    ) async throws(DatabaseError) -> O.Output where O.Output: Sendable {
        let poller = try Poller.shared()
        var exchange = Exchange(
            operation, on: link, within: limit ?? options.statementLimit, isCancellable: isCancellable)
        var outcome = WaitOutcome.ready
        while true {
            switch exchange.advance(after: outcome) {
            case .wait(let wait): outcome = await poller.wait(wait)
            case .finished(let result): return try result.get()
            }
        }
    }
}
