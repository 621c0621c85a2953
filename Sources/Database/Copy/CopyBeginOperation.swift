import CPostgres

/// Sends a COPY statement and waits for the server to be ready for it.
struct CopyBeginOperation: Operation, Sendable {
    enum Direction {
        case fromClient
        case toClient
    }

    private let statement: String
    private let direction: Direction
    private var sending = Sending()
    private var collector = ResultCollector(keepsRows: false)
    private var isInterrupted = false
    /// What ends a COPY that the server began although it was to be cancelled.
    private var endingIn: CopyInOperation?
    private var endingOut: CopyOutOperation?

    init(_ statement: String, _ direction: Direction) throws(DatabaseError) {
        try Statement.check(statement)
        self.statement = statement
        self.direction = direction
    }

    mutating func interrupt(_ link: Link) { isInterrupted = true }

    mutating func advance(_ link: Link) throws(DatabaseError) -> Step<Void> {
        if isInterrupted, let step = try advanceEnding(link) { return step }
        let statement = statement
        let readiness = try sending.advance(link) { (handle) throws(DatabaseError) in
            guard PQsendQuery(handle, statement) == 1 else {
                throw link.refusedError("the COPY cannot be sent")
            }
        }
        if let readiness { return .wait(readiness) }
        try link.consumeInput()
        while true {
            switch try link.nextAnswer() {
            case .pending:
                return .wait(.readable)
            case .end:
                try link.concluded(collector.failure, sql: statement)
                throw DatabaseError(
                    .misuse, "the statement began no COPY \(direction == .fromClient ? "in" : "out")",
                    place: link.place, remedy: "Use query or execute for other statements")
            case .result(let result):
                let wanted = direction == .fromClient ? PGRES_COPY_IN : PGRES_COPY_OUT
                if PQresultStatus(result) == wanted {
                    PQclear(result)
                    if !isInterrupted { return .done(()) }
                    beginEnding(link)
                    return try advanceEnding(link) ?? .done(())
                }
                try collector.take(result, from: link)
            }
        }
    }

    private mutating func beginEnding(_ link: Link) {
        switch direction {
        case .fromClient:
            endingIn = CopyInOperation(.abort("interrupted by the client"), statement)
        case .toClient:
            var ending = CopyOutOperation(statement)
            ending.interrupt(link)
            endingOut = ending
        }
    }

    /// Both end with an error, unless there is more to wait for.
    private mutating func advanceEnding(_ link: Link) throws(DatabaseError) -> Step<Void>? {
        if let step = try endingIn?.advance(link), case .wait(let readiness) = step {
            return .wait(readiness)
        }
        if let step = try endingOut?.advance(link), case .wait(let readiness) = step {
            return .wait(readiness)
        }
        if endingIn != nil || endingOut != nil { throw .interrupted(link.place) }
        return nil
    }
}
