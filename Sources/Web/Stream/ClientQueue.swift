/// What waits for one client of the stream. Of each topic only the newest message waits, so a slow client
/// misses steps, never the present; one that takes nothing for long is dropped. Pure.
package struct ClientQueue {
    /// While more than this waits in the connection, nothing is added to it.
    package static let connectionBytesMax = 131_072
    package static let stallMillisecondsMax: Int64 = 20_000

    package enum Action: Equatable {
        case send([String])
        /// The connection is full; what was offered waits here.
        case hold
        case drop
    }

    private var waiting: [StreamTopic: String] = [:]
    private var order: [StreamTopic] = []
    private var fullSince: Int64?

    /// How many messages waited here instead of being sent at once, and were replaced by newer ones.
    package private(set) var replaced = 0

    package init() {}

    /// `connectionBytes` wait in the connection already.
    package mutating func offer(
        _ messages: [(StreamTopic, String)], connectionBytes: Int, now: Int64
    ) -> Action {
        for (topic, message) in messages {
            if waiting.updateValue(message, forKey: topic) == nil {
                order.append(topic)
            } else {
                replaced += 1
            }
        }
        guard connectionBytes <= Self.connectionBytesMax else {
            let since = fullSince ?? now
            fullSince = since
            return now - since >= Self.stallMillisecondsMax ? .drop : .hold
        }
        fullSince = nil
        let ready = order.compactMap { waiting[$0] }
        waiting = [:]
        order = []
        return .send(ready)
    }
}
