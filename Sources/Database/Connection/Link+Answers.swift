import CPostgres

/// What the server answered next.
enum Answer {
    /// Nothing yet: wait for input.
    case pending
    /// A result, to be cleared by the taker.
    case result(OpaquePointer)
    /// Everything was answered.
    case end
}

extension Link {
    func nextAnswer() throws(DatabaseError) -> Answer {
        let handle = try open()
        // On a broken connection PQgetResult gives what had arrived, then the error; it does not wait.
        if !isBroken && PQisBusy(handle) != 0 { return .pending }
        guard let result = PQgetResult(handle) else { return .end }
        return .result(result)
    }

    /// True when everything is on its way; false when the socket is full.
    func flush() throws(DatabaseError) -> Bool {
        let status = PQflush(try open())
        if status < 0 { markBroken() }
        return status <= 0
    }

    /// The error of an operation that has read its last answer, `failure` being what the server said.
    /// Closes the connection when the server has ended it.
    func concluded(_ failure: ServerMessage?, sql: String) throws(DatabaseError) {
        let handle = try open()
        if isBroken || PQstatus(handle) == CONNECTION_BAD {
            let error = lostError(failure)
            close()
            throw error
        }
        if let failure { throw DatabaseError(server: failure, sql: sql, place: place) }
    }

    /// The error for a call of libpq that was refused outright.
    func refusedError(_ call: String) -> DatabaseError {
        if let handle, PQstatus(handle) == CONNECTION_BAD {
            let error = lostError()
            close()
            return error
        }
        return DatabaseError(
            .protocolViolation, "\(call): \(lastMessage)", place: place,
            remedy: "Close the connection and connect again")
    }

    /// Ends a session whose state is unknown.
    func violated(_ what: String) -> DatabaseError {
        close()
        return DatabaseError(
            .protocolViolation, what, place: place,
            remedy: "Make sure that a PostgreSQL server of version 15 or later answers")
    }
}
