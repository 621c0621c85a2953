import Network
import Synchronization

/// The exchange's port, which a fault may close: then new connections are refused; those that are open go
/// on.
final class ExchangeDoor: Sendable {
    private let loop: EventLoop
    private let tls: TLSContext?
    private let core: ExchangeCore
    private let server: Mutex<HTTPServer?>
    let port: UInt16

    init(_ core: ExchangeCore, on loop: EventLoop, port: UInt16, tls: TLSContext?) throws {
        self.core = core
        self.loop = loop
        self.tls = tls
        let first = try HTTPServer(on: loop, port: port, tls: tls, handler: ExchangeHandler(core: core))
        self.port = first.address.port
        server = Mutex(first)
    }

    /// Opens or closes it; throws when somebody took the port in between.
    func set(isOpen: Bool) throws {
        try server.withLock { server in
            if isOpen, server == nil {
                server = try HTTPServer(on: loop, port: port, tls: tls, handler: ExchangeHandler(core: core))
            } else if !isOpen, let open = server.take() {
                open.stopListening()
            }
        }
    }
}
