import CPostgres

/// One statement with parameters, its rows read one by one so that their bytes are bounded.
struct QueryOperation: Operation, Sendable {
    private let statement: Statement
    /// The name it was prepared under.
    private let name: String?
    private var sending = Sending()
    private var collector: ResultCollector
    private var isStopping = false

    init(_ statement: Statement, name: String? = nil, resultBytesMax: Int) {
        self.statement = statement
        self.name = name
        collector = ResultCollector(bytesMax: resultBytesMax)
    }

    mutating func advance(_ link: Link) throws(DatabaseError) -> Step<QueryResult> {
        let (statement, name) = (statement, name)
        let readiness = try sending.advance(link) { (handle) throws(DatabaseError) in
            try Self.send(statement, name, handle, link)
        }
        if let readiness { return .wait(readiness) }
        try link.consumeInput()
        while true {
            switch try link.nextAnswer() {
            case .pending:
                return .wait(.readable)
            case .end:
                try link.concluded(collector.failure, sql: statement.sql)
                return .done(collector.result())
            case .result(let result):
                if isStopping {
                    PQclear(result)
                    continue
                }
                try collector.take(result, from: link)
                if collector.isOverBound {
                    isStopping = true
                    collector = ResultCollector(keepsRows: false)
                    return .stop(boundError(link))
                }
            }
        }
    }

    private func boundError(_ link: Link) -> DatabaseError {
        DatabaseError(
            .limit, "the statement's rows take more than \(link.options.resultBytesMax) bytes",
            place: link.place,
            remedy: "Read fewer rows, or read them with COPY … TO STDOUT")
    }

    private static func send(
        _ statement: Statement, _ name: String?, _ handle: OpaquePointer, _ link: Link
    ) throws(DatabaseError) {
        try statement.withLayout { (layout) throws(DatabaseError) in
            let count = Int32(layout.values.count)
            let sent =
                if let name {
                    PQsendQueryPrepared(handle, name, count, layout.values, layout.lengths, layout.formats, 1)
                } else {
                    PQsendQueryParams(
                        handle, statement.sql, count, layout.types, layout.values, layout.lengths,
                        layout.formats, 1)
                }
            guard sent == 1 else { throw link.refusedError("the statement cannot be sent") }
        }
        PQsetSingleRowMode(handle)
    }
}
