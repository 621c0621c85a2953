import Capture
import Configuration
import Upbit

/// What is captured, from the configuration: which markets, on which connections, by what requests.
struct CaptureSource: Sendable {
    let selection: MarketSelection
    let plan: ConnectionPlan
    let sessions: SessionSettings

    init(_ configuration: Configuration, _ access: ExchangeAccess) throws {
        let capture = configuration.capture
        selection = try MarketSelection(capture.markets)
        plan = try ConnectionPlan(connections: capture.connections, copies: capture.redundancy)
        sessions = try SessionSettings(
            profile: access.profile, webSocketURL: access.webSocketURL, trust: access.trust,
            connections: capture.connections, channels: SessionSettings.channels(capture.channels),
            bookLevels: capture.bookLevels, offersCompression: capture.compression,
            seed: UInt64.random(in: .min ... .max))
    }
}
