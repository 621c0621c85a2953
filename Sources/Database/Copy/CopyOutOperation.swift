import CPostgres

/// What one step of a COPY to us gave: many rows, or one large row.
struct CopyPiece: Sendable {
    var bytes: [UInt8] = []
    /// The server has said that this was all.
    var isLast = false
}

/// Takes the next piece of a COPY to us, or stops it.
struct CopyOutOperation: Operation, Sendable {
    static let pieceBytes = 256 << 10

    private let statement: String
    private var piece = CopyPiece()
    private var isDiscarding = false
    private var stop: DatabaseError?
    private var collector = ResultCollector(keepsRows: false)

    /// With a `stop` the rest is not wanted: the server is told to end it.
    init(_ statement: String, stop: DatabaseError? = nil) {
        self.statement = statement
        self.stop = stop
    }

    mutating func interrupt(_ link: Link) {
        isDiscarding = true
        piece = CopyPiece()
    }

    mutating func advance(_ link: Link) throws(DatabaseError) -> Step<CopyPiece> {
        if let stop {
            self.stop = nil
            return .stop(stop)
        }
        try link.consumeInput()
        while !piece.isLast {
            var bytes: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(try link.open(), &bytes, 1)
            if count == 0 {
                // What has come is handed on rather than waited with.
                if !piece.bytes.isEmpty { return .done(piece) }
                if !link.isBroken { return .wait(.readable) }
            }
            guard count > 0, let bytes else {
                piece.isLast = true
                break
            }
            if !isDiscarding {
                piece.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            }
            PQfreemem(bytes)
            if piece.bytes.count >= Self.pieceBytes { return .done(piece) }
        }
        while true {
            switch try link.nextAnswer() {
            case .pending:
                return .wait(.readable)
            case .end:
                try link.concluded(collector.failure, sql: statement)
                // Quicker than its cancellation, but what it gave is gone.
                if isDiscarding { throw .interrupted(link.place) }
                return .done(piece)
            case .result(let result):
                try collector.take(result, from: link)
            }
        }
    }
}
