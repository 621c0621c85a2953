import Network
import Synchronization
import Upbit

/// An exchange on loopback: one port for REST and the WebSocket, one for its control.
package final class ExchangeServer: Sendable {
    private let core: ExchangeCore
    private let loop: EventLoop
    private let door: ExchangeDoor
    private let control: HTTPServer
    private let authority: CertificateAuthority?
    private let market: Mutex<DedicatedThread?>
    private let outcome: Outcome

    package let addresses: ExchangeAddresses

    /// How the market ended, for who waits for it.
    private final class Outcome: Sendable {
        private struct State {
            var result: Result<Void, ExchangeError>?
            var waiters: [CheckedContinuation<Result<Void, ExchangeError>, Never>] = []
        }

        private let state = Mutex(State())

        func set(_ failure: ExchangeError?) {
            let result: Result<Void, ExchangeError> = failure.map { .failure($0) } ?? .success(())
            let waiters = state.withLock { state in
                state.result = result
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume(returning: result) }
        }

        func value() async -> Result<Void, ExchangeError> {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state in
                    if state.result == nil { state.waiters.append(continuation) }
                    return state.result
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }

    /// Listens when it returns, and the market runs.
    package init(_ settings: ExchangeSettings) throws {
        let authority = settings.usesTLS ? try CertificateAuthority() : nil
        let core = try ExchangeCore(settings)
        let loop = try EventLoop(named: "yeoul-venue")
        do {
            let tls = try authority.map {
                try TLSContext.server(certificateFile: $0.certificateFile, keyFile: $0.keyFile)
            }
            door = try ExchangeDoor(core, on: loop, port: settings.port, tls: tls)
            try door.set(isOpen: !settings.faults.refusesConnects)
            control = try HTTPServer(
                on: loop, port: 0, handler: ControlHandler(core: core, door: door))
        } catch {
            loop.stop()
            throw error
        }
        let outcome = Outcome()
        let thread = try DedicatedThread(named: "yeoul-market") { outcome.set(core.run()) }
        self.core = core
        self.loop = loop
        self.authority = authority
        self.outcome = outcome
        market = Mutex(thread)
        let ending = settings.usesTLS ? "s" : ""
        let host = settings.usesTLS ? "localhost" : "127.0.0.1"
        addresses = ExchangeAddresses(
            websocket: "ws\(ending)://\(host):\(door.port)/websocket/v1",
            rest: "http\(ending)://\(host):\(door.port)/v1",
            control: "http://127.0.0.1:\(control.address.port)", ca: authority?.authorityFile)
    }

    deinit { stop() }

    /// Returns when the duration is over or `stop` was called; throws when the exchange could not go on.
    package func finished() async throws(ExchangeError) {
        try await outcome.value().get()
    }

    /// Ends everything; what was printed is in the ledger.
    package func stop() {
        core.stop()
        market.withLock { $0.take() }?.join()
        loop.stop()
        authority?.remove()
    }

    /// Trades printed so far.
    package var tradesPrinted: Int64 { core.summary.trades }
}
