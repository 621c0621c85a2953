import CPostgres

/// A step of a COPY from us: seeing data off, or the end, well or not.
///
/// The server's errors show at the end only: libpq reads none while it copies in. Batches keep that short.
struct CopyInOperation: Operation, Sendable {
    enum Goal {
        /// Everything handed to libpq is on its way: the socket's pace is ours.
        case flush
        /// The server has taken the rows; the output is their number.
        case finish
        /// The server has thrown the rows away; the text says why.
        case abort(String)
    }

    private enum State {
        case flushing
        case ending
        case answering
    }

    private let statement: String
    private var goal: Goal
    private var state: State
    private var collector = ResultCollector(keepsRows: false)

    init(_ goal: Goal, _ statement: String) {
        self.goal = goal
        self.statement = statement
        state = if case .flush = goal { .flushing } else { .ending }
    }

    mutating func interrupt(_ link: Link) {
        goal = .abort("interrupted by the client")
        if state == .flushing { state = .ending }
    }

    mutating func advance(_ link: Link) throws(DatabaseError) -> Step<Int> {
        try link.consumeInput()
        if state == .flushing {
            let isFlushed = try link.flush()
            if !link.isBroken { return isFlushed ? .done(0) : .wait([.readable, .writable]) }
            // The end tells why.
            goal = .abort("the connection is broken")
            state = .ending
        }
        if state == .ending {
            guard try sendEnd(link) else { return .wait([.readable, .writable]) }
            state = .answering
        }
        if try !link.flush() { return .wait([.readable, .writable]) }
        while true {
            switch try link.nextAnswer() {
            case .pending:
                return .wait(.readable)
            case .end:
                try link.concluded(collector.failure, sql: statement)
                return .done(collector.result().affectedRows)
            case .result(let result):
                try collector.take(result, from: link)
            }
        }
    }

    /// False when libpq has no room for it yet.
    private func sendEnd(_ link: Link) throws(DatabaseError) -> Bool {
        let handle = try link.open()
        let status =
            switch goal {
            case .abort(let reason): PQputCopyEnd(handle, reason)
            case .finish, .flush: PQputCopyEnd(handle, nil)
            }
        if status < 0 { throw link.refusedError("the COPY cannot be ended") }
        return status == 1
    }
}
