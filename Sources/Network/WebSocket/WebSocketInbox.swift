import Synchronization

/// Messages as an asynchronous sequence with a bound, for tests and tools. At the bound the connection
/// pauses; capture takes the bytes directly instead.
package final class WebSocketInbox: WebSocketConsumer {
    package enum Event: Sendable, Equatable {
        case opened(isCompressed: Bool)
        case message(MessageKind, [UInt8], ReceiveTime)
        case closed(NetworkError)
    }

    private struct State {
        var events: [Event] = []
        var waiter: CheckedContinuation<Void, Never>?
        var connection: (any WebSocketConnection)?
        var isPaused = false
        var isClosed = false
    }

    private let messagesMax: Int
    private let state = Mutex(State())

    package init(messagesMax: Int = 1_000) {
        self.messagesMax = messagesMax
    }

    /// The next event; nil after `closed`.
    package func next() async -> Event? {
        while true {
            let (event, resumes, isOver) = state.withLock { state in
                guard !state.events.isEmpty else {
                    return (Event?.none, (any WebSocketConnection)?.none, state.isClosed)
                }
                let event = state.events.removeFirst()
                var resumes: (any WebSocketConnection)?
                if state.isPaused, state.events.count <= messagesMax / 2 {
                    state.isPaused = false
                    resumes = state.connection
                }
                return (event, resumes, false)
            }
            resumes?.resume()
            if let event { return event }
            if isOver { return nil }
            await withCheckedContinuation { continuation in
                let resumesAtOnce = state.withLock { state in
                    if !state.events.isEmpty || state.isClosed { return true }
                    state.waiter = continuation
                    return false
                }
                if resumesAtOnce { continuation.resume() }
            }
        }
    }

    /// The next message; throws the reason when the connection has ended.
    package func nextMessage() async throws -> [UInt8] {
        while let event = await next() {
            switch event {
            case .opened: continue
            case .message(_, let bytes, _): return bytes
            case .closed(let reason): throw reason
            }
        }
        throw NetworkError(.ended, "the connection has ended")
    }

    /// Skips what comes before the end.
    package func reasonOfEnd() async -> NetworkError? {
        while let event = await next() {
            if case .closed(let reason) = event { return reason }
        }
        return nil
    }

    package var waitingCount: Int {
        state.withLock { $0.events.count }
    }

    /// On a server: the connection, once it is open.
    package var connection: (any WebSocketConnection)? {
        state.withLock { $0.connection }
    }

    private func add(_ event: Event, _ change: (inout State) -> Void = { _ in }) {
        let waiter = state.withLock { state in
            state.events.append(event)
            change(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    package func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        add(.opened(isCompressed: agreement.isCompressed)) { $0.connection = connection }
    }

    package func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        var flow = Flow.more
        add(.message(kind, Array(message), time)) { state in
            state.connection = connection
            guard state.events.count >= messagesMax else { return }
            state.isPaused = true
            flow = .pause
        }
        return flow
    }

    package func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        add(.closed(reason)) { state in
            state.isClosed = true
            state.connection = nil
        }
    }
}
