/// What became of a message that was to be sent.
package enum SendResult: Sendable, Equatable {
    case queued
    /// The queue is at its bound; nothing was queued. `canSend` tells when there is room.
    case full
    /// The connection is not open yet, is closing, or has ended.
    case notOpen
}
