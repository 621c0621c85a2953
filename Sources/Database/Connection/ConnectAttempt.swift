/// A connection coming about on a helper thread, with the wait for it.
struct ConnectAttempt {
    private let work: HelperWork<Result<Link, DatabaseError>>
    private let options: ConnectionOptions
    let wait: Wait

    init(_ options: ConnectionOptions, within limit: Duration?) throws(DatabaseError) {
        var options = options
        options.connectLimit = limit ?? options.connectLimit
        self.options = options
        let deadline = ContinuousClock.Instant.now + options.connectLimit
        work = try HelperWork { [options] in Connecting.run(options, until: deadline) }
        // The thread's own answer comes first, unless it hangs in name resolution.
        wait = Wait(descriptor: work.descriptor, readiness: .readable, deadline: deadline + .milliseconds(50))
    }

    func conclude(after outcome: WaitOutcome) throws(DatabaseError) -> Connection {
        switch outcome {
        case .ready:
            guard let result = work.take() else { throw ConnectFailure.timeout(options) }
            return Connection(try result.get())
        case .timedOut:
            throw ConnectFailure.timeout(options)
        case .cancelled:
            throw DatabaseError(.cancelled, "the connecting task was cancelled", place: options.place)
        case .refused:
            throw DatabaseError(
                .limit, "more than \(Poller.waitsMax) connections wait at once", place: options.place,
                remedy: "Use fewer connections")
        }
    }
}
