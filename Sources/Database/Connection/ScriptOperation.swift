import CPostgres

/// Statements without parameters, separated by semicolons: migrations and transaction control.
/// The server runs them as one transaction unless the script says otherwise.
struct ScriptOperation: Operation, Sendable {
    private let script: String
    private var sending = Sending()
    private var collector = ResultCollector(keepsRows: false)

    init(_ script: String) throws(DatabaseError) {
        try Statement.check(script)
        self.script = script
    }

    /// The result is the tag of the last statement.
    mutating func advance(_ link: Link) throws(DatabaseError) -> Step<String> {
        let script = script
        let readiness = try sending.advance(link) { (handle) throws(DatabaseError) in
            guard PQsendQuery(handle, script) == 1 else {
                throw link.refusedError("the script cannot be sent")
            }
            // A SELECT's rows come one by one too, and go.
            PQsetSingleRowMode(handle)
        }
        if let readiness { return .wait(readiness) }
        try link.consumeInput()
        while true {
            switch try link.nextAnswer() {
            case .pending:
                return .wait(.readable)
            case .end:
                try link.concluded(collector.failure, sql: script)
                return .done(collector.result().commandTag)
            case .result(let result):
                try collector.take(result, from: link)
            }
        }
    }
}
