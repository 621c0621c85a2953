/// Takes one operation to its end: runs it, and when its deadline passes or its task is cancelled,
/// cancels it at the server and brings the connection back into order, or gives the connection up.
///
/// This is the whole logic of waiting. It never waits itself: a driver performs each `wait` action,
/// with `BlockingWaiter` on its own thread or with `Poller` as a task, and reports the outcome.
struct Exchange<O: Operation> {
    enum Action {
        case wait(Wait)
        case finished(Result<O.Output, DatabaseError>)
    }

    private enum Phase {
        case running
        /// The cancellation is on its way.
        case cancelling(CancelRequest)
        /// The operation is advanced to its end, whatever that is.
        case recovering
    }

    private var operation: O
    private let link: Link
    private var phase = Phase.running
    private var deadline: ContinuousClock.Instant
    private let limit: Duration
    private let isCancellable: Bool
    private var interruption: DatabaseError?
    /// The operation itself wanted to end.
    private var isStopped = false

    init(_ operation: O, on link: Link, within limit: Duration, isCancellable: Bool = true) {
        self.operation = operation
        self.link = link
        self.limit = limit
        self.isCancellable = isCancellable
        deadline = .now + limit
    }

    /// Starts with `.ready`.
    mutating func advance(after outcome: WaitOutcome) -> Action {
        switch (phase, outcome) {
        case (.running, .ready), (.recovering, .ready):
            return step()
        case (.running, .timedOut) where isTlsSlice:
            return step()
        case (.running, .timedOut):
            return interrupt(
                DatabaseError(
                    .timeout, "the statement took longer than \(limit)", place: link.place,
                    remedy: "See what it waits for in pg_stat_activity, or give it more time"))
        case (.running, .cancelled):
            return interrupt(
                DatabaseError(.cancelled, "the statement's task was cancelled", place: link.place))
        case (.running, .refused):
            interruption = DatabaseError(
                .limit, "more than \(Poller.waitsMax) connections wait at once", place: link.place,
                remedy: "Use fewer connections")
            return giveUp()
        case (.cancelling, .ready):
            phase = .recovering
            operation.interrupt(link)
            return step()
        case (.recovering, .timedOut) where isTlsSlice:
            return step()
        case (.cancelling, _), (.recovering, _):
            return giveUp()
        }
    }

    private mutating func step() -> Action {
        do throws(DatabaseError) {
            switch try operation.advance(link) {
            case .done(let output):
                if isStopped, let interruption { return .finished(.failure(interruption)) }
                // Also when a deadline passed: it was quicker, and what is known is not thrown away.
                return .finished(.success(output))
            case .wait(let readiness):
                return .wait(wait(for: link.socket, readiness))
            case .stop(let error):
                isStopped = true
                return interrupt(error)
            }
        } catch {
            // The server's word for it is "canceled"; ours says why.
            let isOurs = error.sqlState == .queryCanceled && error.code == .serverError
            return .finished(.failure(isOurs ? interruption ?? error : error))
        }
    }

    private mutating func interrupt(_ error: DatabaseError) -> Action {
        interruption = error
        deadline = .now + link.options.recoveryLimit
        do throws(DatabaseError) {
            let request = try CancelRequest(link)
            phase = .cancelling(request)
            return .wait(wait(for: request.descriptor, .readable))
        } catch {
            return giveUp()
        }
    }

    private mutating func giveUp() -> Action {
        link.close()
        var error = interruption ?? link.lostError()
        error.what += "; the server did not end it in time, so the connection was closed"
        return .finished(.failure(error))
    }

    /// In TLS a record's rest may wait inside the library, unseen by poll: look again now and then.
    private static var tlsSlice: Duration { .milliseconds(500) }
    private var isTlsSlice: Bool { link.isTls && ContinuousClock.Instant.now < deadline }

    private func wait(for descriptor: Int32, _ readiness: Readiness) -> Wait {
        switch phase {
        case .cancelling:
            return Wait(
                descriptor: descriptor, readiness: readiness, deadline: deadline, isCancellable: false)
        case .running, .recovering:
            let until = link.isTls ? min(deadline, .now + Self.tlsSlice) : deadline
            return Wait(
                descriptor: descriptor, readiness: readiness, deadline: until,
                isCancellable: isCancellable && interruption == nil)
        }
    }
}
