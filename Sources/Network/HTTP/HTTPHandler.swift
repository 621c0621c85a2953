/// What a server does with its callers. Calls come concurrently, on Swift's own threads; the task is
/// cancelled when the caller goes away.
package protocol HTTPHandler: Sendable {
    func answer(_ request: HTTPRequest) async -> HTTPResponse
    /// Somebody asks for a WebSocket.
    func upgrade(_ request: HTTPRequest) async -> UpgradeDecision
}

extension HTTPHandler {
    package func upgrade(_ request: HTTPRequest) async -> UpgradeDecision {
        .refuse(.text("There is no WebSocket here.\n", status: 404))
    }
}

package enum UpgradeDecision: Sendable {
    case accept(WebSocketAcceptance)
    /// With any status: 401, 429, …
    case refuse(HTTPResponse)
}

/// How a server wants an accepted WebSocket to be.
package struct WebSocketAcceptance: Sendable {
    package var consumer: any WebSocketConsumer
    /// Whether compression is agreed to when the client offers it.
    package var compresses: Bool
    package var bounds: WebSocketBounds
    package var keepAlive: KeepAlive.Schedule

    package init(
        consumer: any WebSocketConsumer, compresses: Bool = true,
        bounds: WebSocketBounds = WebSocketBounds(
            queuedBytesMax: 8_388_608, atQueueBound: .disconnect, receiveBufferBytes: 4_096),
        keepAlive: KeepAlive.Schedule = KeepAlive.Schedule(pingEveryMilliseconds: nil)
    ) {
        self.consumer = consumer
        self.compresses = compresses
        self.bounds = bounds
        self.keepAlive = keepAlive
    }
}
