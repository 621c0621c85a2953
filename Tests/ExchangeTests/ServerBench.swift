import Exchange
import Foundation
import Market
import Network
import TestKit
import Testing
import Upbit

/// A real exchange on loopback with its clients.
final class ServerBench: Sendable {
    let server: ExchangeServer
    let loop: EventLoop
    let sockets: WebSocketClient
    let http: HTTPClient
    let settings: ExchangeSettings

    init(_ change: (inout ExchangeSettings) -> Void = { _ in }) throws {
        var settings = ExchangeSettings()
        settings.seed = 7
        settings.markets = 12
        settings.tradesPerSecond = 400
        settings.start = Instant(microseconds: (monday + 3_600_000) * 1_000)
        settings.isLimited = false
        change(&settings)
        self.settings = settings
        server = try ExchangeServer(settings)
        loop = try EventLoop(named: "test-clients")
        sockets = WebSocketClient(on: loop)
        http = try HTTPClient()
    }

    deinit {
        server.stop()
        loop.stop()
    }

    /// Other suites may keep all of Swift's threads busy for a while; nothing here is about deadlines.
    static let patienceMilliseconds: Int64 = 120_000

    private var trust: Trust { server.addresses.ca.map { .authorities(file: $0) } ?? .system }

    func connect(
        _ request: String? = nil,
        keepAlive: KeepAlive.Schedule = KeepAlive.Schedule(pingEveryMilliseconds: nil),
        headers: HTTPHeaders = HTTPHeaders(), messagesMax: Int = 1_000_000, compresses: Bool = true
    ) async throws -> WebSocketInbox {
        let inbox = WebSocketInbox(messagesMax: messagesMax)
        _ = sockets.connect(
            WebSocketRequest(
                to: try Address(server.addresses.websocket), headers: headers, trust: trust,
                offersCompression: compresses, openMillisecondsMax: Self.patienceMilliseconds,
                keepAlive: keepAlive),
            consumer: inbox)
        guard case .opened = await inbox.next() else { return inbox }
        if let request {
            let connection = try #require(inbox.connection)
            #expect(connection.send(request) == .queued)
        }
        return inbox
    }

    /// Why a connection does not open.
    func refusal(headers: HTTPHeaders = HTTPHeaders()) async throws -> NetworkError? {
        let inbox = WebSocketInbox()
        _ = sockets.connect(
            WebSocketRequest(
                to: try Address(server.addresses.websocket), headers: headers, trust: trust,
                openMillisecondsMax: Self.patienceMilliseconds), consumer: inbox)
        guard case .closed(let reason) = await inbox.next() else { return nil }
        return reason
    }

    /// Everything that came up to the end, and why it ended.
    func untilEnd(_ inbox: WebSocketInbox) async -> (frames: [[UInt8]], reason: NetworkError?) {
        var frames: [[UInt8]] = []
        while let event = await inbox.next() {
            switch event {
            case .message(let kind, let bytes, _):
                #expect(kind == .binary)
                frames.append(bytes)
            case .closed(let reason): return (frames, reason)
            case .opened: break
            }
        }
        return (frames, nil)
    }

    func get(_ path: String, firstByteMilliseconds: Int64 = patienceMilliseconds) async throws -> HTTPAnswer {
        try await http.perform(
            HTTPCall(
                try Address(server.addresses.rest + path), trust: trust,
                firstByteMillisecondsMax: firstByteMilliseconds,
                totalMillisecondsMax: Self.patienceMilliseconds))
    }

    @discardableResult
    func control(_ path: String, _ json: String, expect status: Int = 200) async throws -> HTTPAnswer {
        let answer = try await http.perform(
            HTTPCall(
                try Address(server.addresses.control + "/control/" + path), method: "POST",
                body: Array(json.utf8),
                firstByteMillisecondsMax: Self.patienceMilliseconds,
                totalMillisecondsMax: Self.patienceMilliseconds))
        #expect(answer.status == status, "\(answer.text)")
        return answer
    }

    func state() async throws -> String {
        try await http.perform(
            HTTPCall(
                try Address(server.addresses.control + "/control/state"),
                firstByteMillisecondsMax: Self.patienceMilliseconds,
                totalMillisecondsMax: Self.patienceMilliseconds)
        ).text
    }

    func trades(_ path: String) async throws -> [TradeRow] {
        let answer = try await get(path)
        let decoder = RESTDecoder()
        return try answer.body.withUnsafeBytes { try decoder.trades($0, receivedAt: .epoch) }
    }

    static let allTrades =
        "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-XRP\",\"KRW-BTC\",\"KRW-ETH\",\"KRW-USDT\"]}]"
}
