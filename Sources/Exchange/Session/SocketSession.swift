import Market
import Upbit

/// What the exchange knows of one connection. Times are milliseconds of the monotonic clock.
struct SocketSession: Sendable {
    let id: Int
    /// Limits are counted by it.
    let address: String
    /// Came with a token that is none: no request is served.
    var hasBadToken = false
    var format = WireFormat.full
    var ticket = ""
    var subscriptions: [Subscription] = []
    /// Data went in either direction last.
    var lastData: Int64
    /// The next `{"status":"UP"}`; nil before the first text `PING`.
    var nextStatus: Int64?
    /// When a fault ends or stalls it.
    var nextEnding: Int64?
    var nextStall: Int64?
    /// Half open: nothing goes out any more.
    var isSilent = false

    init(id: Int, address: String, now: Int64) {
        self.id = id
        self.address = address
        lastData = now
    }

    /// The answer to LIST_SUBSCRIPTIONS.
    func listing(ticket: String) -> SubscriptionsMessage {
        let entries = subscriptions.compactMap { subscription -> SubscriptionEntry? in
            guard let type = subscription.channel.typeName else { return nil }
            let codes = subscription.symbols.map { symbol in
                subscription.depth.map { "\(symbol).\($0)" } ?? symbol.description
            }
            let level = subscription.channel == .orderBook ? subscription.level?.description ?? "0" : nil
            return SubscriptionEntry(type: type, codes: codes, level: level)
        }
        return SubscriptionsMessage(ticket: ticket, entries: entries)
    }
}
