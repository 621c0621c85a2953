import Synchronization

/// Where the listening task leaves events and a reader waits for them.
final class NotificationMailbox: Sendable {
    private typealias Reader = CheckedContinuation<NotificationEvent?, any Error>

    private struct State {
        var buffer: NotificationBuffer
        var reader: Reader?
        var hasEnded = false
        var error: DatabaseError?
    }

    private let state: Mutex<State>

    init(eventsMax: Int) {
        state = Mutex(State(buffer: NotificationBuffer(eventsMax: eventsMax)))
    }

    func add(_ event: NotificationEvent) {
        let waiting = state.withLock { state -> (Reader, NotificationEvent?)? in
            state.buffer.add(event)
            guard let reader = state.reader else { return nil }
            state.reader = nil
            return (reader, state.buffer.next())
        }
        if let (reader, next) = waiting { reader.resume(returning: next) }
    }

    func end(throwing error: DatabaseError?) {
        let reader = state.withLock { state in
            state.hasEnded = true
            state.error = error
            defer { state.reader = nil }
            return state.reader
        }
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
    }

    /// The next event; nil at the end, and when the reading task is cancelled. One reader at a time.
    func next() async throws -> NotificationEvent? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enrol(continuation)
                if Task.isCancelled { dismissReader() }
            }
        } onCancel: {
            dismissReader()
        }
    }

    private func enrol(_ continuation: Reader) {
        let answer: Result<NotificationEvent?, any Error>? = state.withLock { state in
            if let event = state.buffer.next() { return .success(event) }
            if let error = state.error { return .failure(error) }
            if state.hasEnded { return .success(nil) }
            if state.reader != nil {
                return .failure(
                    DatabaseError(
                        .misuse, "two tasks read one notification listener",
                        remedy: "Make a listener for each"))
            }
            state.reader = continuation
            return nil
        }
        if let answer { continuation.resume(with: answer) }
    }

    private func dismissReader() {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}
