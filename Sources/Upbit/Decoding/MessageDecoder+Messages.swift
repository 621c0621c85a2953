import Market

extension MessageDecoder {
    /// The message just read, as a copy that may be kept.
    package func message(_ kind: MessageKind) -> Message {
        switch kind {
        case .trade: .trade(trade)
        case .ticker: .ticker(ticker)
        case .orderBook: .orderBook(orderBook)
        case .candle: .candle(candle)
        case .status: .status(status)
        case .error: .refusal(refusal)
        case .subscriptions: .subscriptions(subscriptions)
        }
    }

    /// All messages of a frame, or the first error: convenient, and it allocates.
    package mutating func messages(
        in bytes: UnsafeRawBufferPointer, receivedAt: Instant
    ) throws(UpbitError) -> [Message] {
        var cursor = FrameCursor(receivedAt: receivedAt)
        var messages: [Message] = []
        while let kind = try next(in: bytes, &cursor) { messages.append(message(kind)) }
        return messages
    }
}
