/// The first half of every operation: hand a message to libpq and see it off.
struct Sending {
    private enum State {
        case unsent
        case flushing
        case sent
    }

    private var state = State.unsent

    /// Nil when everything has been sent; else what to wait for.
    mutating func advance(
        _ link: Link, _ send: (OpaquePointer) throws(DatabaseError) -> Void
    ) throws(DatabaseError) -> Readiness? {
        switch state {
        case .sent:
            return nil
        case .unsent:
            try send(try link.open())
            state = .flushing
        case .flushing:
            // The server may be unable to read on before we have read what it sends.
            try link.consumeInput()
        }
        if try link.flush() {
            state = .sent
            return nil
        }
        return [.readable, .writable]
    }
}
