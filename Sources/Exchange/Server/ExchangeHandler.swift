import Network
import Upbit

/// The exchange's port: REST under `/v1`, the WebSocket under `/websocket/v1`.
struct ExchangeHandler: HTTPHandler {
    /// A hanging answer is given up after this; no client waits as long.
    private static let hangSeconds = 600
    /// What a client that reads too slowly may leave waiting before it is dropped.
    private static let queuedBytesMax = 33_554_432

    let core: ExchangeCore

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        guard request.method == "GET" || request.method == "HEAD" else {
            return .text("This address does not take \(request.method).\n", status: 405)
        }
        // A name that comes twice is a list, as clients write lists.
        let query = Dictionary(request.queryItems.map { ($0.name, $0.value) }) { $0 + "," + $1 }
        let call = RESTCall(
            request.path, query, address: Self.address(request), hasOrigin: request.headers["Origin"] != nil)
        let reply = core.answer(call)
        if reply.hangs {
            try? await Task.sleep(for: .seconds(Self.hangSeconds))
        } else if reply.delayMilliseconds > 0 {
            try? await Task.sleep(for: .milliseconds(reply.delayMilliseconds))
        }
        return Self.response(reply)
    }

    func upgrade(_ request: HTTPRequest) async -> UpgradeDecision {
        guard request.path == "/websocket/v1" else {
            return .refuse(.text("There is no WebSocket here.\n", status: 404))
        }
        let verdict = core.connect(
            from: Self.address(request), hasOrigin: request.headers["Origin"] != nil,
            authorization: request.headers["Authorization"])
        switch verdict {
        case .accept(let session):
            let bounds = WebSocketBounds(
                queuedBytesMax: Self.queuedBytesMax, atQueueBound: .disconnect, receiveBufferBytes: 4_096)
            return .accept(
                WebSocketAcceptance(
                    consumer: SocketBridge(core, session: session), bounds: bounds,
                    keepAlive: KeepAlive.Schedule(
                        pingEveryMilliseconds: core.questions.serverPingSeconds.map { Int64($0) * 1_000 })))
        case .refuse(let status, let body):
            return .refuse(Self.response(RESTReply(status: status, body: body)))
        }
    }

    /// Without the port, as limits are counted.
    private static func address(_ request: HTTPRequest) -> String {
        String(request.peer.prefix(upTo: request.peer.lastIndex(of: ":") ?? request.peer.endIndex))
    }

    private static func response(_ reply: RESTReply) -> HTTPResponse {
        var headers = HTTPHeaders()
        for header in reply.headers { headers.add(header.name, header.value) }
        if reply.status == 200 { headers.add("ETag", etag(reply.body)) }
        return HTTPResponse(status: reply.status, headers: headers, body: reply.body)
    }

    private static func etag(_ body: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in body { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "W/\"0" + String(repeating: "0", count: 32 - digits.utf8.count) + digits + "\""
    }
}
