import CPostgres

/// Asks the server to cancel what a connection is doing. libpq does this over a second, blocking
/// connection, so it has a helper thread.
struct CancelRequest {
    private let work: HelperWork<Void>

    init(_ link: Link) throws(DatabaseError) {
        guard let cancel = PQgetCancel(try link.open()) else {
            throw DatabaseError(.connectionLost, "nothing to cancel: the connection is closed")
        }
        let handle = CancelHandle(cancel)
        work = try HelperWork { handle.send() }
    }

    /// Readable when the server has been told (or cannot be reached).
    var descriptor: Int32 { work.descriptor }
}

/// Owns libpq's cancel structure, which is made for use by another thread.
private final class CancelHandle: @unchecked Sendable {
    private let cancel: OpaquePointer

    init(_ cancel: OpaquePointer) {
        self.cancel = cancel
    }

    deinit { PQfreeCancel(cancel) }

    func send() {
        // A failure shows by itself: the statement does not end, and the connection is given up.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            _ = PQcancel(cancel, message.baseAddress, Int32(message.count))
        }
    }
}
