/// Opens WebSockets. A test or another driver may stand in its place.
package protocol WebSocketConnecting: Sendable {
    /// Returns at once; the consumer hears of the opening, or why it failed.
    func connect(_ request: WebSocketRequest, consumer: any WebSocketConsumer) -> any WebSocketConnection
}
