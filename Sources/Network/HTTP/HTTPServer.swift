import Synchronization

/// Answers HTTP and WebSockets on one port, on a loop.
package final class HTTPServer: Sendable {
    private let listener: HTTPListener

    /// Where it listens; the port is known even when 0 was asked for.
    package let address: SocketAddress

    /// Listens at once. `host` is an address (loopback unless told otherwise), never a name.
    package init(
        on loop: EventLoop, host: String = "127.0.0.1", port: UInt16, tls: TLSContext? = nil,
        bounds: HTTPBounds = HTTPBounds(), handler: any HTTPHandler
    ) throws {
        guard let wanted = SocketAddress(numeric: host, port: port) else {
            throw NetworkError(
                .invalidRequest, "the address to listen at is not numeric", at: host,
                remedy: "Write it like 127.0.0.1, 0.0.0.0 or ::1.")
        }
        let descriptor = try Sockets.listen(at: wanted)
        address = SocketAddress.of(descriptor, peer: false) ?? wanted
        listener = HTTPListener(
            on: loop, descriptor: descriptor, tls: tls, bounds: bounds, handler: handler)
        guard loop.signal(listener) else {
            Transport(plain: descriptor).close()
            throw NetworkError(.closedByUs, "the event loop has ended", remedy: "Start a new one.")
        }
    }

    /// Takes no more connections; those that are open go on until they end, or their loop does. Returns at
    /// once; the port is free a moment later.
    package func stopListening() {
        listener.stopListening()
    }

    /// Takes no more connections and closes those that are open. Returns at once.
    package func stop() {
        listener.stop()
    }
}
