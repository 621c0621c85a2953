import CPostgres

/// The libpq connection itself. It never blocks, and only its claimant touches it
/// (`Connection.claim`); that makes handing it between threads safe.
final class Link: @unchecked Sendable {
    private(set) var handle: OpaquePointer?
    let options: ConnectionOptions
    let place: String
    let notices: NoticeBox
    /// Set when reading failed: what libpq still holds is read, then the connection is over.
    private(set) var isBroken = false

    /// The encoder of the last COPY: its memory is used again.
    var spareEncoder: RowEncoder?

    var statements = StatementCache()

    init(handle: OpaquePointer, options: ConnectionOptions, notices: NoticeBox) {
        self.handle = handle
        self.options = options
        self.notices = notices
        place = options.place
    }

    deinit { close() }

    func close() {
        guard let handle else { return }
        self.handle = nil
        PQfinish(handle)
    }

    /// The handle, or the error for a connection that is closed.
    func open() throws(DatabaseError) -> OpaquePointer {
        guard let handle else {
            throw DatabaseError(
                .connectionLost, "the connection is closed", place: place, remedy: "Connect again")
        }
        return handle
    }

    func markBroken() { isBroken = true }

    var socket: Int32 {
        guard let handle else { return -1 }
        return PQsocket(handle)
    }

    func transactionState() throws(DatabaseError) -> TransactionState {
        TransactionState(PQtransactionStatus(try open()))
    }

    var isTls: Bool {
        guard let handle else { return false }
        return PQsslInUse(handle) != 0
    }

    /// Reads what has arrived; `isBroken` tells when there is nothing more to come.
    func consumeInput() throws(DatabaseError) {
        let handle = try open()
        if PQconsumeInput(handle) == 0 { isBroken = true }
        // A TLS record may be larger than what one call reads; the rest is in the TLS library,
        // where poll does not see it.
        if !isBroken && PQsslInUse(handle) != 0 && PQconsumeInput(handle) == 0 { isBroken = true }
    }

    /// What libpq last complained about, in one line.
    var lastMessage: String {
        guard let handle else { return "the connection is closed" }
        return oneLine(String(cString: PQerrorMessage(handle)))
    }

    /// The error for a connection that ended, with what the server said last.
    func lostError(_ message: ServerMessage? = nil) -> DatabaseError {
        // What the server says to an idle session on its end comes as a notice.
        let message = message ?? notices.lastFatal
        let said = message.map { "\($0.message) [\($0.sqlState)]" } ?? lastMessage
        return DatabaseError(
            .connectionLost, "the connection to the database ended: \(said)", place: place,
            remedy: "Connect again, and look into the server's log if it goes on", server: message)
    }
}

/// libpq's messages have several lines; ours have one.
func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == "\t" || $0 == " " } }
        .joined(separator: "; ")
}
