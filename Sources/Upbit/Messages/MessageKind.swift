/// What a decoder has just read.
package enum MessageKind: UInt8, CaseIterable, Hashable, Sendable {
    case trade
    case ticker
    case orderBook
    case candle
    /// `{"status":"UP"}`, the answer to a text `PING`.
    case status
    /// A refusal. The connection stays open.
    case error
    /// The answer to LIST_SUBSCRIPTIONS.
    case subscriptions
}
