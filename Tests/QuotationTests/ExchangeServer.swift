import Market
import Network
import Quotation
import Synchronization
import TestKit
import Upbit

/// A small exchange: markets, tickers, a WebSocket, and the exchange's own way of limiting callers.
final class ExchangeServer: HTTPHandler {
    struct State: Sendable {
        var limiter: ServerLimiter
        var served = 0
        var refused = 0
        /// Given out before anything else.
        var nextAnswers: [HTTPResponse] = []
    }

    static let symbols = ["BTC-ETH", "KRW-BTC"].compactMap { try? Symbol($0) }
    /// The windows of the exchange's clock lie where nobody expects them.
    let state = Mutex(State(limiter: ServerLimiter(table: .upbit, phaseMicroseconds: 370_000)))

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        state.withLock { state in
            if !state.nextAnswers.isEmpty { return state.nextAnswers.removeFirst() }
            let group: RateGroup = request.path == "/v1/market/all" ? .market : .ticker
            switch state.limiter.judge(group, now: Instant(microseconds: WallClock.unixMicroseconds())) {
            case .tooMany:
                state.refused += 1
                return HTTPResponse(status: 429, body: RESTEncoder.tooManyRequests)
            case .banned(let seconds):
                state.refused += 1
                return HTTPResponse(status: 418, body: RESTEncoder.banned(seconds: seconds))
            case .allowed(let remaining):
                state.served += 1
                var response = HTTPResponse(body: Self.body(of: request))
                response.headers.add(RemainingRequests.headerName, remaining.description)
                return response
            }
        }
    }

    func upgrade(_ request: HTTPRequest) async -> UpgradeDecision {
        .accept(WebSocketAcceptance(consumer: Quiet()))
    }

    private static func body(of request: HTTPRequest) -> [UInt8] {
        guard request.path == "/v1/market/all" else {
            let symbols = (request.query("markets") ?? "").split(separator: ",").compactMap {
                try? Symbol(String($0))
            }
            return RESTEncoder.tickers(symbols.map { Ticker(symbol: $0) })
        }
        return RESTEncoder.markets(
            symbols.map { MarketListing(symbol: $0, koreanName: "비트코인", englishName: "Bitcoin") },
            hasDetails: true)
    }

    private final class Quiet: WebSocketConsumer {
        func received(
            _ message: UnsafeRawBufferPointer, as kind: Network.MessageKind, at time: ReceiveTime,
            on connection: any WebSocketConnection
        ) -> Flow { .more }

        func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {}
    }
}

/// The exchange with a client of it, and a budget file beside.
struct ExchangeFixture {
    let exchange = ExchangeServer()
    let loop: EventLoop
    let server: HTTPServer
    let folder: TemporaryFolder
    let http: HTTPClient

    init() throws {
        loop = try EventLoop(named: "test-exchange")
        server = try HTTPServer(on: loop, port: 0, handler: exchange)
        folder = try TemporaryFolder()
        http = try HTTPClient()
    }

    var profile: Profile { .builtIn(port: Int(server.address.port)) }
    var budgetPath: String { folder.path(of: "rate-budget") }

    func client(
        _ settings: QuotationClient.Settings = QuotationClient.Settings()
    ) throws -> QuotationClient {
        QuotationClient(
            profile, http: http, budget: try RateBudgetFile(path: budgetPath, table: .upbit),
            settings: settings)
    }

    func stop() {
        loop.stop()
    }
}
