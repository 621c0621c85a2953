import Network
import Operations
import Synchronization

/// Who follows what, and the newest message of each topic. One feed publishes; what a publication costs the
/// database does not depend on how many listen.
final class StreamHub: Sendable {
    /// Topics of all clients together: so many rows the feed asks for at most.
    static let topicsMax = 2_000
    static let clientsMax = 5_000

    private struct Client {
        let topics: Set<StreamTopic>
        var connection: (any WebSocketConnection)?
        var queue = ClientQueue()
    }

    private struct State {
        var clients: [Int: Client] = [:]
        var followers: [StreamTopic: Int] = [:]
        var newest: [StreamTopic: String] = [:]
        var lastID = 0
        var dropped = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Called when somebody wants what nobody wanted before, so that the first message need not wait.
    let wantsMore = Mutex<(@Sendable () -> Void)?>(nil)

    var clientCount: Int { state.withLock { $0.clients.count } }

    /// What is followed now.
    var topics: Set<StreamTopic> { state.withLock { Set($0.followers.keys) } }

    func admit(_ selection: StreamSelection) throws(WebError) -> StreamClient {
        let (id, isNew) = try state.withLock { (state) throws(WebError) -> (Int, Bool) in
            let new = selection.topics.count { state.followers[$0] == nil }
            guard !state.isClosed, state.clients.count < Self.clientsMax,
                state.followers.count + new <= Self.topicsMax
            else {
                throw WebError(
                    .request, "too much is followed already", place: WebHandler.streamPath,
                    remedy: "Try again later, or follow fewer markets.", status: 503)
            }
            state.lastID += 1
            state.clients[state.lastID] = Client(topics: selection.topics)
            for topic in selection.topics { state.followers[topic, default: 0] += 1 }
            return (state.lastID, new > 0)
        }
        if isNew { wantsMore.withLock { $0 }?() }
        return StreamClient(id: id, hub: self)
    }

    /// A new client gets the present at once.
    func opened(_ id: Int, _ connection: any WebSocketConnection) {
        state.withLock { state in
            guard let client = state.clients[id] else { return }
            state.clients[id]?.connection = connection
            // Sent under the lock, so that nothing newer overtakes it.
            for topic in client.topics {
                if let message = state.newest[topic] { _ = connection.send(message) }
            }
        }
    }

    func gone(_ id: Int) {
        state.withLock { state in
            guard let client = state.clients.removeValue(forKey: id) else { return }
            for topic in client.topics {
                let count = (state.followers[topic] ?? 1) - 1
                state.followers[topic] = count > 0 ? count : nil
                // Nobody keeps it fresh any more.
                if count <= 0 { state.newest[topic] = nil }
            }
        }
    }

    /// Passes on what has changed. `messages` are of topics that were followed when they were asked for.
    func publish(_ messages: [StreamTopic: String], now: Int64) {
        state.withLock { state in
            let changed = messages.filter { topic, message in
                state.followers[topic] != nil && state.newest[topic] != message
            }
            for (topic, message) in changed { state.newest[topic] = message }
            for (id, client) in state.clients {
                guard let connection = client.connection else { continue }
                let own = changed.filter { client.topics.contains($0.key) }.map { ($0.key, $0.value) }
                let action = state.clients[id]?.queue.offer(
                    own, connectionBytes: connection.queuedBytes, now: now)
                switch action {
                case .send(let texts):
                    for text in texts { _ = connection.send(text) }
                case .drop:
                    state.dropped += 1
                    connection.close(code: CloseCode.policy, reason: "too slow")
                case .hold, nil: break
                }
            }
        }
    }

    func closeAll() {
        let connections = state.withLock { state in
            state.isClosed = true
            return state.clients.values.compactMap(\.connection)
        }
        for connection in connections {
            connection.close(code: CloseCode.goingAway, reason: "the server stops")
        }
    }

    func families() -> [MetricFamily] {
        let (clients, topics, dropped, replaced) = state.withLock { state in
            (
                state.clients.count, state.followers.count, state.dropped,
                state.clients.values.reduce(0) { $0 + $1.queue.replaced }
            )
        }
        return [
            MetricFamily("yeoul_stream_clients", .gauge, "Clients of the stream.", Double(clients)),
            MetricFamily("yeoul_stream_topics", .gauge, "What they follow together.", Double(topics)),
            MetricFamily(
                "yeoul_stream_dropped_total", .counter, "Clients dropped since they took nothing.",
                Double(dropped)),
            MetricFamily(
                "yeoul_stream_replaced", .gauge,
                "Messages that the present clients missed, since newer ones came first.", Double(replaced)),
        ]
    }
}
