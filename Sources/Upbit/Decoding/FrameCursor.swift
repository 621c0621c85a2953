import Market

/// How far a frame has been read.
package struct FrameCursor: Hashable, Sendable {
    package let receivedAt: Instant
    var position = 0
    var state = State.start

    enum State: Hashable, Sendable {
        case start
        case insideList
        case done
    }

    package init(receivedAt: Instant) { self.receivedAt = receivedAt }
}
