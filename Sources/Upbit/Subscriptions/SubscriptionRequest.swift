import Market

/// All that a connection listens to. A request replaces the one before it, so the whole set is always sent.
package struct SubscriptionRequest: Hashable, Sendable {
    package var ticket: String
    package var subscriptions: [Subscription]
    package var format: WireFormat

    package init(ticket: String, subscriptions: [Subscription], format: WireFormat) {
        self.ticket = ticket
        self.subscriptions = subscriptions
        self.format = format
    }

    /// The request's text, for one text frame. Refused when the exchange would answer with an error, or,
    /// worse, with silence.
    package func encoded(for profile: Profile = .upbit) throws(UpbitError) -> [UInt8] {
        guard !ticket.isEmpty else { throw UpbitError(.badRequest, "a subscription needs a ticket") }
        guard !subscriptions.isEmpty else {
            throw UpbitError(
                .badRequest, "a subscription needs a channel", remedy: "Close the connection instead.")
        }
        var writer = JSONWriter()
        writer.open(0x5B)
        writer.open(0x7B)
        writer.key("ticket")
        writer.string(ticket)
        writer.close(0x7D)
        for subscription in subscriptions { try append(subscription, to: &writer, profile) }
        writer.open(0x7B)
        writer.key("format")
        writer.string(format.rawValue)
        writer.close(0x7D)
        writer.close(0x5D)
        return writer.bytes
    }

    /// Asks what the connection listens to. It counts as a message against the limit.
    package static func list(ticket: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.open(0x5B)
        writer.open(0x7B)
        writer.key("ticket")
        writer.string(ticket)
        writer.close(0x7D)
        writer.open(0x7B)
        writer.key("method")
        writer.string("LIST_SUBSCRIPTIONS")
        writer.close(0x7D)
        writer.close(0x5D)
        return writer.bytes
    }

    private func append(
        _ subscription: Subscription, to writer: inout JSONWriter, _ profile: Profile
    ) throws(UpbitError) {
        guard let type = subscription.channel.typeName, profile.offers(subscription.channel) else {
            throw UpbitError(
                .badRequest, "\(profile.name) has no such channel: \(subscription.channel)",
                remedy: "Fetch these candles over REST.")
        }
        guard !subscription.symbols.isEmpty else {
            throw UpbitError(.badRequest, "the channel \(type) needs at least one market")
        }
        if let depth = subscription.depth,
            !Subscription.depths.contains(depth) || subscription.channel != .orderBook
        {
            throw UpbitError(
                .badRequest, "a depth of \(depth) for the channel \(type)",
                remedy: "Order books have a depth of 1, 5, 15 or 30.")
        }
        if let level = subscription.level {
            // The exchange would send nothing at all, without an error.
            guard subscription.channel == .orderBook,
                subscription.symbols.allSatisfy({ $0.quote == "KRW" || level.isZero })
            else {
                throw UpbitError(
                    .badRequest, "a price level for the channel \(type)",
                    remedy: "Only won order books have levels.")
            }
        }
        writer.open(0x7B)
        writer.key("type")
        writer.string(type)
        writer.key("codes")
        writer.open(0x5B)
        for symbol in subscription.symbols {
            writer.string(subscription.depth.map { "\(symbol).\($0)" } ?? symbol.description)
        }
        writer.close(0x5D)
        if let level = subscription.level {
            writer.key("level")
            writer.number(level, isPlain: true)
        }
        switch subscription.delivery {
        case .snapshotAndRealtime: break
        case .snapshotOnly:
            writer.key(profile.usesCamelCase ? "isOnlySnapshot" : "is_only_snapshot")
            writer.bool(true)
        case .realtimeOnly:
            writer.key(profile.usesCamelCase ? "isOnlyRealtime" : "is_only_realtime")
            writer.bool(true)
        }
        writer.close(0x7D)
    }
}
