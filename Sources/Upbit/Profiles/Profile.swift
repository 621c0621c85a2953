import Market

/// An exchange that speaks this dialect: where it is, its limits, and the few things that differ.
package struct Profile: Hashable, Sendable {
    package let name: String
    /// Scheme, host and, where it is not the usual one, port; without a slash at the end.
    package let restOrigin: String
    package let webSocketURL: String
    package let rates: RateTable
    /// Names like `isOnlyRealtime` and `isDetails` instead of `is_only_realtime`.
    package let usesCamelCase: Bool
    package let hasCandleStream: Bool
    package let hasSecondCandles: Bool
    package let hasYearCandles: Bool
    /// Which clock the dates in messages show. Times in milliseconds are the same everywhere.
    package let clockOffsetSeconds: Int64
    /// `to` of a candle request is a time of this clock, and may say so.
    package let acceptsZoneInCandleEnd: Bool
    package let hasAllTickers: Bool
    package let hasInstruments: Bool
    /// Whether what it says is made up; it then never shares a database with a real one.
    package let isSimulated: Bool
    /// Every REST answer carries `Remaining-Req`.
    package let sendsRemainingRequests: Bool

    /// The server closes a connection after so long without data in either direction.
    package static let idleSeconds = 120
    /// A text `PING` makes the server send `{"status":"UP"}` so often.
    package static let statusSeconds = 10

    private init(
        name: String, restOrigin: String, webSocketURL: String, rates: RateTable = .upbit,
        isBithumb: Bool = false, isSimulated: Bool = false
    ) {
        self.name = name
        self.restOrigin = restOrigin
        self.webSocketURL = webSocketURL
        self.rates = rates
        self.isSimulated = isSimulated
        usesCamelCase = isBithumb
        hasCandleStream = !isBithumb
        hasSecondCandles = !isBithumb
        hasYearCandles = !isBithumb
        clockOffsetSeconds = isBithumb ? Instant.koreanOffsetSeconds : 0
        acceptsZoneInCandleEnd = !isBithumb
        hasAllTickers = !isBithumb
        hasInstruments = !isBithumb
        sendsRemainingRequests = !isBithumb
    }

    private static func upbit(_ name: String, host: String) -> Profile {
        Profile(
            name: name, restOrigin: "https://\(host)", webSocketURL: "wss://\(host)/websocket/v1")
    }

    package static let upbit = upbit("upbit", host: "api.upbit.com")
    package static let upbitSingapore = upbit("upbit-sg", host: "sg-api.upbit.com")
    package static let upbitIndonesia = upbit("upbit-id", host: "id-api.upbit.com")
    package static let upbitThailand = upbit("upbit-th", host: "th-api.upbit.com")
    package static let bithumb = Profile(
        name: "bithumb", restOrigin: "https://api.bithumb.com",
        webSocketURL: "wss://ws-api.bithumb.com/websocket/v1", rates: .bithumb, isBithumb: true)

    /// Our own exchange, on loopback.
    package static func builtIn(port: Int) -> Profile {
        Profile(
            name: "built-in", restOrigin: "http://127.0.0.1:\(port)",
            webSocketURL: "ws://127.0.0.1:\(port)/websocket/v1", isSimulated: true)
    }

    package static let names = ["upbit", "upbit-sg", "upbit-id", "upbit-th", "bithumb", "built-in"]

    /// The port is that of the built-in exchange; the others have theirs.
    package static func named(_ name: String, builtInPort: Int) throws(UpbitError) -> Profile {
        switch name {
        case "upbit": return .upbit
        case "upbit-sg": return .upbitSingapore
        case "upbit-id": return .upbitIndonesia
        case "upbit-th": return .upbitThailand
        case "bithumb": return .bithumb
        case "built-in": return .builtIn(port: builtInPort)
        default:
            throw UpbitError(
                .unknownProfile, "`\(name)` is no exchange that we know",
                remedy: "Take one of \(names.joined(separator: ", ")).")
        }
    }

    /// Does the WebSocket have this channel?
    package func offers(_ channel: Channel) -> Bool {
        guard case .candle = channel else { return true }
        return hasCandleStream && channel.typeName != nil
    }

    /// Does REST have these candles?
    package func offers(_ timeframe: Timeframe) -> Bool { timeframe != .second1 || hasSecondCandles }

    /// The exclusive end of a candle request as this exchange wants it written.
    package func candleEnd(_ instant: Instant) -> String {
        // Whole seconds: decimals are not documented. Rounded up, since the end is exclusive.
        let seconds = instant.adding(microseconds: 999_999).seconds
        let whole = Instant(seconds: seconds) ?? instant
        let clock = CivilTime(whole.adding(seconds: clockOffsetSeconds))
        return acceptsZoneInCandleEnd ? clock.text + "Z" : clock.text
    }
}
