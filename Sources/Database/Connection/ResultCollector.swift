import CPostgres

/// Gathers the rows and the error of a statement from libpq's results.
struct ResultCollector {
    private(set) var failure: ServerMessage?
    private var columns: [QueryResult.Column] = []
    private var bytes: [UInt8] = []
    private var places: [QueryResult.Place] = []
    private var commandTag = ""
    private var affectedRows = 0
    private let bytesMax: Int
    private let keepsRows: Bool

    init(bytesMax: Int = 0, keepsRows: Bool = true) {
        self.bytesMax = bytesMax
        self.keepsRows = keepsRows
    }

    var bytesCollected: Int { bytes.count + places.count * MemoryLayout<QueryResult.Place>.stride }
    var isOverBound: Bool { bytesCollected > bytesMax }

    /// Takes one result and clears it.
    mutating func take(_ result: OpaquePointer, from link: Link) throws(DatabaseError) {
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
            if keepsRows { takeRows(result) }
            if PQresultStatus(result) == PGRES_TUPLES_OK { takeTag(result) }
        case PGRES_COMMAND_OK:
            takeTag(result)
        case PGRES_EMPTY_QUERY:
            break
        case PGRES_FATAL_ERROR:
            if failure == nil { failure = ServerMessage(result: result) }
            if failure == nil { link.markBroken() }
        case PGRES_COPY_IN:
            // Refused at once, so that the session goes on.
            PQputCopyEnd(try link.open(), "COPY FROM STDIN needs copyIn")
        case PGRES_COPY_OUT, PGRES_COPY_BOTH:
            link.close()
            throw DatabaseError(
                .misuse, "COPY TO STDOUT was sent as a plain statement; the connection was closed",
                place: link.place, remedy: "Use copyOut")
        default:
            throw link.violated("an answer that the protocol does not allow: \(link.lastMessage)")
        }
    }

    private mutating func takeTag(_ result: OpaquePointer) {
        commandTag = String(cString: PQcmdStatus(result))
        affectedRows = Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    private mutating func takeRows(_ result: OpaquePointer) {
        let columnCount = PQnfields(result)
        if columns.isEmpty {
            columns = (0..<columnCount).map { column in
                QueryResult.Column(
                    name: String(cString: PQfname(result, column)),
                    type: PostgresType(rawValue: PQftype(result, column)))
            }
        }
        for row in 0..<PQntuples(result) {
            for column in 0..<columnCount {
                if PQgetisnull(result, row, column) != 0 {
                    places.append(QueryResult.Place(offset: 0, length: -1))
                    continue
                }
                let length = Int(PQgetlength(result, row, column))
                places.append(QueryResult.Place(offset: bytes.count, length: length))
                bytes.append(
                    contentsOf: UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: length))
            }
        }
    }

    consuming func result() -> QueryResult {
        QueryResult(
            columns: columns, commandTag: commandTag, affectedRows: affectedRows, bytes: bytes, places: places
        )
    }
}
