/// What a frame holds.
package enum FrameKind: UInt8, Sendable, CaseIterable {
    /// A message of a WebSocket, as it came.
    case webSocket = 1
    /// A body that REST answered; the label says which market and request (`RestLabel`).
    case restPage = 2
    /// A note of our own: a gap, a reconnect; the label names it.
    case marker = 3

    package var name: String {
        switch self {
        case .webSocket: "websocket"
        case .restPage: "rest"
        case .marker: "marker"
        }
    }
}
