import Synchronization

/// Our own driver: all its connections live on one loop.
package final class WebSocketClient: WebSocketConnecting {
    private let loop: EventLoop
    private let resolver: any HostResolver
    private let contexts = Mutex<[ContextKey: TLSContext]>([:])

    private struct ContextKey: Hashable {
        let authorities: String?
    }

    package init(on loop: EventLoop, resolver: any HostResolver = SystemResolver()) {
        self.loop = loop
        self.resolver = resolver
    }

    package func connect(
        _ request: WebSocketRequest, consumer: any WebSocketConsumer
    ) -> any WebSocketConnection {
        let session = WebSocketSession(
            on: loop, isClient: true, bounds: request.bounds, schedule: request.keepAlive, consumer: consumer)
        let dialer = WebSocketDialer(request, for: session, resolver: resolver, client: self)
        session.opener = dialer
        if !loop.signal(dialer) {
            session.opener = nil
            session.tell(WebSocketSession.closedByUs)
        }
        return session
    }

    /// A context is read from its file once; a renewed file of authorities needs a new client.
    func context(for trust: Trust) throws(NetworkError) -> TLSContext {
        var key = ContextKey(authorities: nil)
        if case .authorities(let file) = trust { key = ContextKey(authorities: file) }
        if let known = contexts.withLock({ $0[key] }) { return known }
        let context = try TLSContext.client(trusting: trust)
        contexts.withLock { $0[key] = context }
        return context
    }
}
