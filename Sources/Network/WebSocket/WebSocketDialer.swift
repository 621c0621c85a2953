import Synchronization

/// Walks from an address to an open WebSocket: name, connection, TLS, upgrade, within one deadline.
final class WebSocketDialer: LoopMember, WebSocketOpener, @unchecked Sendable {
    private enum Phase {
        case idle, resolving, connecting, agreeing, asking, reading, done
    }

    /// The bytes of an answer's head.
    private static let headBytesMax = 16_384

    let seat: LoopSeat
    private let request: WebSocketRequest
    private let resolver: any HostResolver
    private let client: WebSocketClient
    private let key = UpgradeHandshake.freshKey()
    private let resolved = Mutex<Result<[SocketAddress], NetworkError>?>(nil)

    // The loop's thread only.
    private var session: WebSocketSession?
    private var phase = Phase.idle
    private var deadline: Int64 = 0
    private var attemptDeadline: Int64 = 0
    private var addresses: [SocketAddress] = []
    private var lastFailure: NetworkError?
    private var descriptor: Int32 = -1
    private var transport: Transport?
    private var outgoing: [UInt8] = []
    private var outgoingOffset = 0
    private var answer: [UInt8] = []

    init(
        _ request: WebSocketRequest, for session: WebSocketSession, resolver: any HostResolver,
        client: WebSocketClient
    ) {
        seat = LoopSeat(on: session.seat.loop)
        self.request = request
        self.session = session
        self.resolver = resolver
        self.client = client
    }

    func cancel() {
        fail(NetworkError(.cancelled, "the connection was given up before it was open"))
    }

    func loopEnds() { cancel() }

    func loopSignalled() {
        switch phase {
        case .idle: start()
        case .resolving:
            guard let answer = resolved.withLock({ $0 }) else { return }
            switch answer {
            case .failure(let error): fail(error)
            case .success(let found):
                addresses = Array(found.prefix(SystemResolver.addressesMax))
                tryNextAddress()
            }
        default: break
        }
    }

    private func start() {
        seat.loop.join(self)
        do throws(NetworkError) {
            outgoing = try UpgradeHandshake.request(
                to: request.address, headers: request.headers, key: key,
                offersCompression: request.offersCompression)
        } catch {
            fail(error)
            return
        }
        phase = .resolving
        deadline = Monotonic.nanoseconds() + request.openMillisecondsMax * 1_000_000
        seat.loop.setDeadline(deadline, of: self)
        resolver.resolve(host: request.address.host, port: request.address.port) { answer in
            let isFirst = self.resolved.withLock { slot in
                guard slot == nil else { return false }
                slot = answer
                return true
            }
            if isFirst { self.seat.loop.signal(self) }
        }
    }

    private func tryNextAddress() {
        while !addresses.isEmpty {
            let address = addresses.removeFirst()
            let now = Monotonic.nanoseconds()
            // What is left of the time is shared by the addresses that are left.
            attemptDeadline = now + (deadline - now) / Int64(addresses.count + 1)
            do throws(NetworkError) {
                descriptor = try Sockets.startConnecting(to: address)
                phase = .connecting
                try seat.loop.attach(self, to: descriptor, interest: .writable)
                seat.loop.setDeadline(attemptDeadline, of: self)
                return
            } catch {
                lastFailure = error
                closeDescriptor()
            }
        }
        fail(
            lastFailure
                ?? NetworkError(
                    .nameNotFound, "the name has no address", remedy: "Check the spelling of the host."))
    }

    private func closeDescriptor() {
        guard descriptor >= 0 else { return }
        seat.loop.detach(self)
        Transport(plain: descriptor).close()
        descriptor = -1
    }

    func loopReady(_ readiness: Readiness) {
        switch phase {
        case .connecting:
            if let failure = Sockets.connectFailure(of: descriptor) {
                lastFailure = failure
                closeDescriptor()
                tryNextAddress()
            } else {
                connected()
            }
        case .agreeing: agree()
        case .asking: ask()
        case .reading: readAnswer()
        default: break
        }
    }

    func loopAgain() {
        if phase == .reading { readAnswer() }
    }

    private func connected() {
        seat.loop.setDeadline(deadline, of: self)
        guard request.address.scheme.isEncrypted else {
            transport = Transport(plain: descriptor)
            descriptor = -1
            phase = .asking
            ask()
            return
        }
        do throws(NetworkError) {
            let context = try client.context(for: request.trust)
            transport = try Transport(client: descriptor, host: request.address.host, context: context)
            descriptor = -1
        } catch {
            fail(error)
            return
        }
        phase = .agreeing
        agree()
    }

    private func agree() {
        guard let transport else { return }
        switch transport.handshake() {
        case .bytes:
            phase = .asking
            ask()
        case .waits(let readiness): seat.loop.setInterest(readiness, of: self)
        case .ended: fail(Self.endedEarly)
        case .failed(let error): fail(error)
        }
    }

    private func ask() {
        guard let transport else { return }
        while outgoingOffset < outgoing.count {
            let result = outgoing.withUnsafeBytes { bytes in
                transport.write(UnsafeRawBufferPointer(rebasing: bytes[outgoingOffset...]))
            }
            switch result {
            case .bytes(let count): outgoingOffset += count
            case .waits(let readiness):
                seat.loop.setInterest(readiness, of: self)
                return
            case .ended:
                fail(Self.endedEarly)
                return
            case .failed(let error):
                fail(error)
                return
            }
        }
        phase = .reading
        seat.loop.setInterest(.readable, of: self)
        readAnswer()
    }

    private func readAnswer() {
        guard let transport else { return }
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            switch chunk.withUnsafeMutableBytes({ transport.read(into: $0) }) {
            case .bytes(let count):
                let seen = answer.count
                answer.append(contentsOf: chunk[..<count])
                guard let end = answer.withUnsafeBytes({ HTTPHead.end(in: $0, from: seen) }) else {
                    guard answer.count <= Self.headBytesMax else {
                        fail(
                            NetworkError(
                                .tooLarge, "the answer's head is larger than \(Self.headBytesMax) bytes",
                                remedy: "Check the address: something else may listen there."))
                        return
                    }
                    continue
                }
                finish(headBytes: end)
                return
            case .waits: return
            case .ended:
                fail(Self.endedEarly)
                return
            case .failed(let error):
                fail(error)
                return
            }
        }
    }

    private func finish(headBytes: Int) {
        guard let session, let transport else { return }
        do {
            let head = try answer.withUnsafeBytes {
                try HTTPHead(parsing: UnsafeRawBufferPointer(rebasing: $0[..<headBytes]))
            }
            let agreement = try UpgradeHandshake.check(
                head, key: key, offeredCompression: request.offersCompression)
            let leftover = Array(answer[headBytes...])
            leave()
            self.transport = nil
            session.begin(transport, agreement: agreement, headers: head.headers, leftover: leftover)
        } catch let error as NetworkError {
            fail(error)
        } catch {
            fail(
                NetworkError(
                    .upgradeRefused, "the peer's answer is not HTTP",
                    remedy: "Check the host and the port: something else listens there."))
        }
    }

    func loopDeadline(at now: Int64) {
        if phase == .connecting, now < deadline {
            lastFailure = Self.timeout(.connecting)
            closeDescriptor()
            tryNextAddress()
        } else {
            fail(phase == .connecting ? lastFailure ?? Self.timeout(phase) : Self.timeout(phase))
        }
    }

    private func leave() {
        phase = .done
        seat.loop.leave(self)
        session?.opener = nil
        session = nil
    }

    private func fail(_ error: NetworkError) {
        guard phase != .done, let session else { return }
        closeDescriptor()
        leave()
        transport?.close()
        transport = nil
        session.phase = .ended
        session.tell(error.at("\(request.address)"))
    }

    private static let endedEarly = NetworkError(
        .ended, "the peer ended the connection before it answered the WebSocket handshake",
        remedy: "Check that a WebSocket server listens there.")

    private static func timeout(_ phase: Phase) -> NetworkError {
        switch phase {
        case .resolving, .idle:
            return NetworkError(
                .nameTimeout, "the name was not resolved in time",
                remedy: "The name server does not answer; check /etc/resolv.conf and the network.")
        case .connecting:
            return NetworkError(
                .connectTimeout, "the peer did not take the connection in time",
                remedy: "Check the address, and whether a firewall drops the packets.")
        default:
            return NetworkError(
                .handshakeTimeout, "the peer took the connection and then stayed silent",
                remedy: "Check that a WebSocket server listens there; during maintenance an exchange "
                    + "may hang like this.")
        }
    }
}
