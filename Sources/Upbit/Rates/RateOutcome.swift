/// What became of a permitted call.
package enum RateOutcome: Hashable, Sendable {
    /// An answer, with its `Remaining-Req` header when there was one.
    case answered(RemainingRequests?)
    /// Sent, and no answer belongs to it: a WebSocket message.
    case sent
    /// Status 429; `Retry-After` when the answer had it.
    case tooMany(retryAfterSeconds: Int64?)
    /// Status 418; the block's length when the answer told it.
    case banned(seconds: Int64?)
    /// No answer: a lost connection or a deadline. The call may still arrive.
    case lost
    /// The call was never made.
    case unused
}
