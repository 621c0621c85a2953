import CPostgres

/// Has the server parse and plan a statement under a name.
struct PrepareOperation: Operation, Sendable {
    private let statement: Statement
    private let name: String
    private var sending = Sending()
    private var collector = ResultCollector(keepsRows: false)

    init(_ statement: Statement, name: String) {
        self.statement = statement
        self.name = name
    }

    mutating func advance(_ link: Link) throws(DatabaseError) -> Step<Void> {
        let (statement, name) = (statement, name)
        let readiness = try sending.advance(link) { (handle) throws(DatabaseError) in
            let types = statement.parameters.map(\.type.rawValue)
            guard PQsendPrepare(handle, name, statement.sql, Int32(types.count), types) == 1 else {
                throw link.refusedError("the statement cannot be prepared")
            }
        }
        if let readiness { return .wait(readiness) }
        try link.consumeInput()
        while true {
            switch try link.nextAnswer() {
            case .pending:
                return .wait(.readable)
            case .end:
                try link.concluded(collector.failure, sql: statement.sql)
                return .done(())
            case .result(let result):
                try collector.take(result, from: link)
            }
        }
    }
}
