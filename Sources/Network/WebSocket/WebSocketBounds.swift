/// How much one connection may hold. What happens at each bound stands in docs/network.md.
package struct WebSocketBounds: Sendable, Equatable {
    /// What a server or client does with a message that no longer fits into the queue.
    package enum AtQueueBound: Sendable, Equatable {
        /// `send` answers `full`.
        case refuse
        /// The connection is dropped: a peer that reads too slowly must not hold others up.
        case disconnect
    }

    /// The largest message received, after joining fragments and after expanding.
    package var messageBytesMax: Int
    package var queuedBytesMax: Int
    package var atQueueBound: AtQueueBound
    /// The receive buffer; it grows to the size of one message at most, and shrinks again.
    package var receiveBufferBytes: Int
    /// How long the peer may take to answer our close frame.
    package var closeMillisecondsMax: Int64

    package init(
        messageBytesMax: Int = 1_048_576, queuedBytesMax: Int = 4_194_304,
        atQueueBound: AtQueueBound = .refuse, receiveBufferBytes: Int = 65_536,
        closeMillisecondsMax: Int64 = 5_000
    ) {
        self.messageBytesMax = messageBytesMax
        self.queuedBytesMax = queuedBytesMax
        self.atQueueBound = atQueueBound
        self.receiveBufferBytes = receiveBufferBytes
        self.closeMillisecondsMax = closeMillisecondsMax
    }
}
