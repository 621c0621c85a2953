import Network

/// A server on a loop of its own, and a client beside it; both end with `stop`.
struct LoopbackServer {
    let loop: EventLoop
    let server: HTTPServer
    let client: WebSocketClient

    init(
        _ handler: some HTTPHandler, tls: TLSContext? = nil, bounds: HTTPBounds = HTTPBounds(),
        resolver: any HostResolver = SystemResolver(), port: UInt16 = 0
    ) throws {
        loop = try EventLoop(named: "test-loop")
        server = try HTTPServer(on: loop, port: port, tls: tls, bounds: bounds, handler: handler)
        client = WebSocketClient(on: loop, resolver: resolver)
    }

    var port: UInt16 { server.address.port }

    func address(_ path: String, scheme: String = "ws", host: String = "127.0.0.1") throws -> Address {
        try Address("\(scheme)://\(host):\(port)\(path)")
    }

    func stop() {
        loop.stop()
    }
}

/// A handler of one WebSocket path whose consumer a test chooses.
func socketRoute(
    compresses: Bool = false, bounds: WebSocketBounds? = nil, keepAlive: KeepAlive.Schedule? = nil,
    _ consumer: @escaping @Sendable () -> any WebSocketConsumer
) -> HTTPRoutes {
    var routes = HTTPRoutes()
    routes.onWebSocket("/socket") { _ in
        var acceptance = WebSocketAcceptance(consumer: consumer(), compresses: compresses)
        if let bounds { acceptance.bounds = bounds }
        if let keepAlive { acceptance.keepAlive = keepAlive }
        return .accept(acceptance)
    }
    return routes
}

/// Sends back what it receives, in kind.
final class Echo: WebSocketConsumer {
    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow {
        _ = connection.send(message, as: kind)
        return .more
    }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {}
}
