import Capture
import Exchange
import Foundation
import Market
import Network
import Quotation
import Synchronization
import TestKit
import Testing
import Upbit

/// Connections to a real exchange on loopback, with what they delivered and said.
final class ExchangeBench: SessionObserver, FrameSink {
    struct Seen: Sendable {
        var trades: Set<Int64> = []
        var frames = 0
        var connections: Set<UInt32> = []
        var notices: [SessionNotice] = []
        var outages: [OutageWatch.Change] = []
        var refusals = 0
        /// How many more frames there is room for; nil is no end.
        var room: Int?
        var waiting: [@Sendable () -> Void] = []
    }

    let server: ExchangeServer
    let loop: EventLoop
    let folder: TemporaryFolder
    let http: HTTPClient
    let seen = Mutex(Seen())
    private let decoder = Mutex(DecoderBox())

    /// Every name is this machine.
    private struct Loopback: HostResolver {
        func resolve(
            host: String, port: UInt16,
            completion: @escaping @Sendable (Result<[SocketAddress], NetworkError>) -> Void
        ) {
            completion(.success(SocketAddress(numeric: "127.0.0.1", port: port).map { [$0] } ?? []))
        }
    }

    private final class DecoderBox: @unchecked Sendable {
        var decoder = MessageDecoder()
    }

    init(_ change: (inout ExchangeSettings) -> Void = { _ in }) throws {
        var settings = ExchangeSettings()
        settings.seed = 11
        settings.markets = 10
        settings.tradesPerSecond = 300
        settings.start = Instant(microseconds: 1_773_622_800_000_000)
        change(&settings)
        server = try ExchangeServer(settings)
        loop = try EventLoop(named: "test-sessions")
        folder = try TemporaryFolder()
        http = try HTTPClient()
    }

    deinit {
        server.stop()
        loop.stop()
    }

    static let symbols = ["KRW-BTC", "KRW-ETH", "KRW-XRP", "KRW-USDT"].compactMap { try? Symbol($0) }

    var trust: Trust { server.addresses.ca.map { .authorities(file: $0) } ?? .system }

    func runner(
        connections: Int = 2, channels: [Channel] = [.trade], url: String? = nil, trust: Trust? = nil,
        timers: SessionTimers = SessionTimers(), compression: Bool = true
    ) throws -> SessionRunner {
        var settings = try SessionSettings(
            profile: .upbit, webSocketURL: url ?? server.addresses.websocket, trust: trust ?? self.trust,
            connections: connections, channels: channels, offersCompression: compression, seed: 1)
        settings.timers = timers
        let runner = SessionRunner(
            settings, connecting: WebSocketClient(on: loop, resolver: Loopback()), budget: try budget(),
            sink: self, observer: self)
        try runner.start()
        return runner
    }

    func budget() throws -> RateBudgetFile {
        try RateBudgetFile(path: folder.path(of: "budget"), table: .upbit)
    }

    func quotation() throws -> QuotationClient {
        let origin = server.addresses.rest.replacing("/v1", with: "")
        var settings = QuotationClient.Settings()
        settings.trust = trust
        return QuotationClient(
            .upbit, origin: origin, http: http, budget: try budget(), settings: settings)
    }

    /// All markets on every connection.
    func listen(_ runner: SessionRunner, _ channels: [Channel] = [.trade], symbols: [Symbol] = symbols) {
        let items = channels.flatMap { channel in symbols.map { SessionItem(channel, $0) } }
        runner.listen(
            to: [[SessionItem]](repeating: items, count: runner.figures().count), expected: [:])
    }

    func control(_ path: String, _ json: String) async throws {
        let answer = try await http.perform(
            HTTPCall(
                try Address(server.addresses.control + "/control/" + path), method: "POST",
                body: Array(json.utf8), firstByteMillisecondsMax: 60_000, totalMillisecondsMax: 60_000))
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Waits until `condition` holds; a generous time, since the machine may be busy.
    func wait(
        _ what: Comment, seconds: Int = 40, location: SourceLocation = #_sourceLocation,
        until condition: () -> Bool
    ) async {
        let end = Monotonic.milliseconds() + Int64(seconds) * 1_000
        while Monotonic.milliseconds() < end {
            if condition() { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
        Issue.record(what, sourceLocation: location)
    }

    func isLive(_ runner: SessionRunner) -> Bool { runner.figures().allSatisfy { $0.state == .live } }
    var tradesCount: Int { seen.withLock { $0.trades.count } }
    var notices: [SessionNotice] { seen.withLock { $0.notices } }
    func ends(_ runner: SessionRunner) -> [SessionEnd: Int64] {
        runner.figures().reduce(into: [:]) { $0.merge($1.tally.ends, uniquingKeysWith: +) }
    }

    // MARK: what the runner calls

    func take(_ frame: UnsafeRawBufferPointer, connection: UInt32, at time: ReceiveTime) -> Bool {
        let hasRoom = seen.withLock { seen in
            guard let room = seen.room else { return true }
            seen.room = max(0, room - 1)
            return room > 0
        }
        guard hasRoom else { return false }
        let ids = decoder.withLock { box in
            var ids: [Int64] = []
            var cursor = FrameCursor(receivedAt: .epoch)
            while let kind = try? box.decoder.next(in: frame, &cursor) {
                if kind == .trade { ids.append(box.decoder.trade.trade.sequentialID) }
            }
            return ids
        }
        seen.withLock { seen in
            seen.frames += 1
            seen.connections.insert(connection)
            seen.trades.formUnion(ids)
        }
        return true
    }

    func whenRoom(_ call: @escaping @Sendable () -> Void) {
        let isNow = seen.withLock { seen in
            if seen.room == 0 {
                seen.waiting.append(call)
                return false
            }
            return true
        }
        if isNow { call() }
    }

    func setRoom(_ room: Int?) {
        let calls = seen.withLock { seen in
            seen.room = room
            defer { seen.waiting = [] }
            return seen.waiting
        }
        for call in calls { call() }
    }

    func noticed(_ notice: SessionNotice, of session: Int) { seen.withLock { $0.notices.append(notice) } }
    func outage(_ change: OutageWatch.Change) { seen.withLock { $0.outages.append(change) } }
    func shouldProbeREST() {}
}
