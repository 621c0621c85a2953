import Synchronization

/// Takes connections from the listening socket, up to a bound.
final class HTTPListener: LoopMember, @unchecked Sendable {
    /// Connections taken in one turn.
    private static let acceptsInTurnMax = 64
    /// When the system has no descriptor left, waiting callers get another chance after this pause.
    private static let exhaustedPauseMilliseconds: Int64 = 100

    let seat: LoopSeat
    let bounds: HTTPBounds
    let handler: any HTTPHandler
    private let tls: TLSContext?
    private let isStopping = Atomic<Bool>(false)
    private let isClosing = Atomic<Bool>(false)

    // The loop's thread only.
    private var descriptor: Int32
    private var connectionCount = 0
    private var connections: [ObjectIdentifier: any HTTPServed] = [:]

    init(
        on loop: EventLoop, descriptor: Int32, tls: TLSContext?, bounds: HTTPBounds, handler: any HTTPHandler
    ) {
        seat = LoopSeat(on: loop)
        self.descriptor = descriptor
        self.tls = tls
        self.bounds = bounds
        self.handler = handler
    }

    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        seat.loop.signal(self)
    }

    func stopListening() {
        isClosing.store(true, ordering: .sequentiallyConsistent)
        seat.loop.signal(self)
    }

    func loopSignalled() {
        if isClosing.load(ordering: .sequentiallyConsistent) { close() }
        if isStopping.load(ordering: .sequentiallyConsistent) {
            let open = connections.values
            connections = [:]
            close()
            for connection in open { connection.loopEnds() }
            return
        }
        guard !seat.isResident, descriptor >= 0 else { return }
        seat.loop.join(self)
        do throws(NetworkError) {
            try seat.loop.attach(self, to: descriptor, interest: .readable)
        } catch {
            close()
        }
    }

    func loopReady(_ readiness: Readiness) {
        for _ in 0..<Self.acceptsInTurnMax {
            do throws(NetworkError) {
                guard let accepted = try Sockets.accept(from: descriptor) else { return }
                serve(accepted)
            } catch {
                seat.loop.setInterest([], of: self)
                let now = Monotonic.nanoseconds()
                seat.loop.setDeadline(now + Self.exhaustedPauseMilliseconds * 1_000_000, of: self)
                return
            }
        }
    }

    func loopDeadline(at now: Int64) {
        seat.loop.setInterest(.readable, of: self)
    }

    func loopAgain() {}

    func loopEnds() { close() }

    private func close() {
        guard descriptor >= 0 else { return }
        seat.loop.leave(self)
        Transport(plain: descriptor).close()
        descriptor = -1
    }

    private func serve(_ accepted: Int32) {
        let plain = Transport(plain: accepted)
        guard connectionCount < bounds.connectionsMax else {
            if tls == nil {
                let response = HTTPResponse.text("Too many connections are open.\n", status: 503)
                let bytes = response.serialized(for: nil, keepsAlive: false, date: Self.date())
                _ = bytes.withUnsafeBytes { plain.write($0) }
                plain.finish()
            }
            plain.close()
            return
        }
        var transport = plain
        if let tls {
            guard let encrypted = try? Transport(server: accepted, context: tls) else {
                plain.close()
                return
            }
            plain.release()
            transport = encrypted
        }
        let connection = HTTPConnection(transport, of: self)
        connectionCount += 1
        connections[ObjectIdentifier(connection)] = connection
        connection.begin()
    }

    /// A connection has become a WebSocket: it counts on, under its new owner.
    func replace(_ connection: HTTPConnection, with session: WebSocketSession) {
        connections[ObjectIdentifier(connection)] = nil
        connections[ObjectIdentifier(session)] = session
        let identity = ObjectIdentifier(session)
        session.whenGone = { [weak self] in self?.gone(identity) }
    }

    func gone(_ identity: ObjectIdentifier) {
        connectionCount -= 1
        connections[identity] = nil
    }

    static func date() -> String {
        HTTPStatus.date(unixSeconds: WallClock.unixMicroseconds() / 1_000_000)
    }
}

/// What a listener closes when it stops.
protocol HTTPServed: LoopMember {}

extension HTTPConnection: HTTPServed {}

extension WebSocketSession: HTTPServed {}
