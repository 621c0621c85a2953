/// How a transaction sees others, and whether it may write.
package struct TransactionMode: Sendable, Equatable {
    package enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    package var isolation: Isolation
    package var isReadOnly: Bool
    /// The server ends the session when it waits so long for the next statement of the transaction.
    package var idleMillisecondsMax: Int?

    package init(
        isolation: Isolation = .readCommitted, isReadOnly: Bool = false, idleMillisecondsMax: Int? = nil
    ) {
        self.isolation = isolation
        self.isReadOnly = isReadOnly
        self.idleMillisecondsMax = idleMillisecondsMax
    }

    package static let standard = TransactionMode()

    var beginScript: String {
        let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue) \(isReadOnly ? "READ ONLY" : "READ WRITE")"
        // In the same message: no round trip of its own.
        return idleMillisecondsMax.map {
            begin + "; SET LOCAL idle_in_transaction_session_timeout = \($0)"
        } ?? begin
    }
}

extension Connection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// When the answer to COMMIT is lost the error's code is `commitUnknown`.
    @discardableResult
    package func transaction<R>(
        _ mode: TransactionMode = .standard, within limit: Duration? = nil,
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> R
    ) async throws -> R {
        guard try transactionState() == .idle else { throw TransactionEnd.nested(place) }
        _ = try await perform(ScriptOperation(mode.beginScript), within: limit)
        let output: R
        do {
            output = try await body(self)
        } catch {
            await rollBack(within: limit)
            throw error
        }
        do throws(DatabaseError) {
            let tag = try await perform(ScriptOperation("COMMIT"), within: limit, isCancellable: false)
            try TransactionEnd.check(tag, place)
        } catch {
            throw TransactionEnd.commitError(error, isOpen: isOpen)
        }
        return output
    }

    /// The body's error is what the caller must see; a rollback that fails ends the session.
    private func rollBack(within limit: Duration?) async {
        guard isOpen else { return }
        do throws(DatabaseError) {
            _ = try await perform(ScriptOperation("ROLLBACK"), within: limit, isCancellable: false)
        } catch {
            abandon()
        }
    }

    /// Closes the session, whatever its state; does nothing when someone uses it.
    func abandon() {
        try? close()
    }
}

extension BlockingConnection {
    /// Runs `body` in a transaction, like the other form.
    @discardableResult
    package func transaction<R>(
        _ mode: TransactionMode = .standard, within limit: Duration? = nil,
        _ body: (BlockingConnection) throws -> R
    ) throws -> R {
        guard try connection.transactionState() == .idle else {
            throw TransactionEnd.nested(connection.place)
        }
        _ = try perform(ScriptOperation(mode.beginScript), within: limit)
        let output: R
        do {
            output = try body(self)
        } catch {
            do throws(DatabaseError) {
                if connection.isOpen { _ = try perform(ScriptOperation("ROLLBACK"), within: limit) }
            } catch {
                connection.abandon()
            }
            throw error
        }
        do throws(DatabaseError) {
            try TransactionEnd.check(try perform(ScriptOperation("COMMIT"), within: limit), connection.place)
        } catch {
            throw TransactionEnd.commitError(error, isOpen: connection.isOpen)
        }
        return output
    }
}

/// What the end of a transaction can tell, for both forms.
enum TransactionEnd {
    /// The server answers COMMIT with ROLLBACK when a statement had failed.
    static func check(_ tag: String, _ place: String) throws(DatabaseError) {
        guard tag == "COMMIT" else {
            throw DatabaseError(
                .transactionAborted, "the transaction was rolled back since a statement in it had failed",
                place: place, remedy: "Let that statement's error end the transaction, and see it")
        }
    }

    static func commitError(_ error: DatabaseError, isOpen: Bool) -> DatabaseError {
        if isOpen { return error }
        return DatabaseError(
            .commitUnknown, "whether the transaction was committed is unknown: \(error.what)",
            place: error.place,
            remedy: "Connect again and look before doing it again", server: error.server)
    }

    static func nested(_ place: String) -> DatabaseError {
        DatabaseError(
            .misuse, "a transaction was begun inside another", place: place,
            remedy: "Do it within the one that is open, or use another connection")
    }
}
