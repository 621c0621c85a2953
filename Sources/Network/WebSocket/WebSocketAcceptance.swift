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
