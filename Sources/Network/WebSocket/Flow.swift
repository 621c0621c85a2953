/// What a consumer wants after a message.
package enum Flow: Sendable, Equatable {
    case more
    /// Nothing is read until `resume`: the peer's sending stalls, and nothing piles up here.
    case pause
}
