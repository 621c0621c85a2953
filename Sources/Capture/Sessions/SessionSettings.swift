import Market
import Network
import Upbit

/// What all connections have in common.
package struct SessionSettings: Sendable {
    package var profile: Profile
    package var address: Address
    package var trust: Trust
    package var connections: Int
    package var channels: [Channel]
    /// Levels of an order book.
    package var bookLevels: Int
    package var offersCompression: Bool
    package var timers = SessionTimers()
    /// Of the pauses' random numbers.
    package var seed: UInt64

    package init(
        profile: Profile, webSocketURL: String? = nil, trust: Trust = .system, connections: Int = 4,
        channels: [Channel] = [.trade, .ticker, .orderBook], bookLevels: Int = 15,
        offersCompression: Bool = true, seed: UInt64
    ) throws {
        self.profile = profile
        address = try Address(webSocketURL ?? profile.webSocketURL)
        self.trust = trust
        self.connections = connections
        self.channels = channels
        self.bookLevels = bookLevels
        self.offersCompression = offersCompression
        self.seed = seed
        for channel in channels where !profile.offers(channel) {
            throw CaptureError(
                .badSetting, "\(profile.name) does not send `\(channel)`", place: "capture.channels",
                remedy: "Take some of trade, ticker, orderbook and candle.1m.")
        }
        guard !channels.isEmpty, Set(channels).count == channels.count else {
            throw CaptureError(
                .badSetting, "a channel stands twice, or there is none", place: "capture.channels",
                remedy: "Write each once, such as trade,ticker,orderbook.")
        }
    }

    /// The names of the settings, such as `trade` and `candle.1m`.
    package static func channels(_ names: [String]) throws(CaptureError) -> [Channel] {
        var channels: [Channel] = []
        for name in names {
            guard let channel = Channel(typeName: name.lowercased()), channel.typeName != nil else {
                throw CaptureError(
                    .badSetting, "`\(name)` is no channel", place: "capture.channels",
                    remedy: "There are trade, ticker, orderbook, and candle. with 1s, 1m, 3m … 240m.")
            }
            channels.append(channel)
        }
        return channels
    }

    /// The request for a set; the whole set, since it replaces the one before.
    func request(for items: [SessionItem], ticket: String) -> SubscriptionRequest {
        let byChannel = Dictionary(grouping: items, by: \.channel)
        let subscriptions = channels.compactMap { channel -> Subscription? in
            guard let items = byChannel[channel] else { return nil }
            return Subscription(
                channel, symbols: items.map(\.symbol), depth: channel == .orderBook ? bookLevels : nil)
        }
        return SubscriptionRequest(ticket: ticket, subscriptions: subscriptions, format: .simple)
    }

    var webSocketRequest: WebSocketRequest {
        WebSocketRequest(
            to: address, trust: trust, offersCompression: offersCompression, openMillisecondsMax: timers.open,
            // A peer that we leave because it is silent will not answer our farewell either.
            bounds: WebSocketBounds(closeMillisecondsMax: min(1_000, timers.closing)))
    }
}
