import Synchronization

/// One caller of a server: requests and answers in turn, until it goes, errs, or becomes a WebSocket.
final class HTTPConnection: LoopMember, @unchecked Sendable {
    private enum Phase {
        case agreeing, reading, handling, writing, lingering, ended
    }

    private enum Outcome: Sendable {
        case response(HTTPResponse)
        case webSocket(WebSocketAcceptance)
    }

    private static let readBytes = 16_384
    private static let lingerMilliseconds: Int64 = 1_000

    let seat: LoopSeat
    private let listener: HTTPListener
    private let outcome = Mutex<Outcome?>(nil)

    // The loop's thread only.
    private var transport: Transport?
    private var phase: Phase
    private var reader: HTTPRequestReader
    private var request: HTTPRequest?
    private var task: Task<Void, Never>?
    private var outgoing: [UInt8] = []
    private var outgoingOffset = 0
    private var endsAfterAnswer = false
    private var resetsAfterAnswer = false
    private var acceptance: WebSocketAcceptance?
    private let peer: String

    init(_ transport: Transport, of listener: HTTPListener) {
        seat = LoopSeat(on: listener.seat.loop)
        self.listener = listener
        self.transport = transport
        phase = transport.isEncrypted ? .agreeing : .reading
        reader = HTTPRequestReader(listener.bounds)
        peer = SocketAddress.of(transport.descriptor, peer: true).map { "\($0.host):\($0.port)" } ?? ""
    }

    func begin() {
        guard let transport else { return }
        seat.loop.join(self)
        do throws(NetworkError) {
            try seat.loop.attach(self, to: transport.descriptor, interest: .readable)
        } catch {
            end()
            return
        }
        setDeadline(listener.bounds.headMillisecondsMax)
    }

    func loopReady(_ readiness: Readiness) {
        switch phase {
        case .agreeing: agree()
        case .reading: readSome()
        case .handling:
            // The caller hung up (we ask for no other news): its answer is not wanted any more.
            end()
        case .writing: writeSome()
        case .lingering: discard()
        case .ended: break
        }
    }

    func loopAgain() {
        if phase == .reading { readSome() }
    }

    func loopEnds() { end() }

    func loopDeadline(at now: Int64) {
        if phase == .reading, reader.hasBegun {
            refuse(HTTPHead.Refusal(status: 408, words: "the request did not come in time"))
        } else {
            end()
        }
    }

    func loopSignalled() {
        guard phase == .handling, let outcome = outcome.withLock({ $0.take() }) else { return }
        task = nil
        switch outcome {
        case .response(let response): answer(response)
        case .webSocket(let acceptance): upgrade(acceptance)
        }
    }

    // MARK: reading

    private func agree() {
        guard let transport else { return }
        switch transport.handshake() {
        case .bytes:
            phase = .reading
            seat.loop.setInterest(.readable, of: self)
            readSome()
        case .waits(let readiness): seat.loop.setInterest(readiness, of: self)
        case .ended, .failed: end()
        }
    }

    private func readSome() {
        guard let transport else { return }
        let (result, chunk) = Self.read(from: transport)
        switch result {
        case .bytes(let count):
            let hadBegun = reader.hasBegun
            let wasInBody = reader.isInBody
            chunk[..<count].withUnsafeBytes { reader.append($0) }
            if !hadBegun { setDeadline(listener.bounds.headMillisecondsMax) }
            advance()
            if phase == .reading, reader.isInBody, !wasInBody {
                setDeadline(listener.bounds.bodyMillisecondsMax)
            }
            if phase == .reading { seat.loop.again(self) }
        case .waits: break
        case .ended, .failed: end()
        }
    }

    private static func read(from transport: Transport) -> (TransportResult, [UInt8]) {
        var count = 0
        var result = TransportResult.bytes(0)
        let chunk = [UInt8](unsafeUninitializedCapacity: readBytes) { buffer, initialized in
            result = transport.read(into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let bytes) = result { count = bytes }
            initialized = count
        }
        return (result, chunk)
    }

    private func advance() {
        switch reader.next() {
        case .needsMore:
            if reader.awaitsContinue {
                reader.continued()
                send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            }
        case .refusal(let refusal): refuse(refusal)
        case .request(var request):
            request.peer = peer
            handle(request)
        }
    }

    private func handle(_ request: HTTPRequest) {
        self.request = request
        phase = .handling
        endsAfterAnswer = !request.keepsAlive
        seat.loop.setDeadline(nil, of: self)
        seat.loop.setInterest(.peerEnd, of: self)
        if request.wantsWebSocket, let refusal = Self.refusal(ofUpgrade: request) {
            answer(refusal)
            return
        }
        let handler = listener.handler
        task = Task {
            let outcome: Outcome
            if request.wantsWebSocket {
                switch await handler.upgrade(request) {
                case .accept(let acceptance): outcome = .webSocket(acceptance)
                case .refuse(let response): outcome = .response(response)
                }
            } else {
                outcome = .response(await handler.answer(request))
            }
            self.outcome.withLock { $0 = outcome }
            self.seat.loop.signal(self)
        }
    }

    // MARK: answering

    private func answer(_ response: HTTPResponse) {
        let safe =
            response.headers.isSendable
            ? response
            : HTTPResponse.text("The answer's headers cannot be sent.\n", status: 500)
        resetsAfterAnswer = safe.resetAfterBodyBytes != nil
        phase = .writing
        send(
            safe.serialized(for: request, keepsAlive: !endsAfterAnswer, date: HTTPListener.date()))
    }

    private func refuse(_ refusal: HTTPHead.Refusal) {
        endsAfterAnswer = true
        phase = .writing
        let response = HTTPResponse.text("\(refusal.words)\n", status: refusal.status)
        send(response.serialized(for: nil, keepsAlive: false, date: HTTPListener.date()))
    }

    private func send(_ bytes: [UInt8]) {
        outgoing = bytes
        outgoingOffset = 0
        writeSome()
    }

    private func writeSome() {
        guard let transport else { return }
        while outgoingOffset < outgoing.count {
            let result = outgoing.withUnsafeBytes { bytes in
                transport.write(UnsafeRawBufferPointer(rebasing: bytes[outgoingOffset...]))
            }
            switch result {
            case .bytes(let count): outgoingOffset += count
            case .waits(let readiness):
                // Room for "100 Continue" is always there; only an answer ever waits.
                guard phase == .writing else { return }
                seat.loop.setInterest(readiness, of: self)
                setDeadline(listener.bounds.writeStallMillisecondsMax)
                return
            case .ended, .failed:
                end()
                return
            }
        }
        outgoing = []
        outgoingOffset = 0
        if phase == .writing { answered() }
    }

    private func answered() {
        if let acceptance {
            becomeWebSocket(acceptance)
        } else if resetsAfterAnswer {
            transport?.reset()
            end()
        } else if endsAfterAnswer {
            phase = .lingering
            transport?.finish()
            seat.loop.setInterest(.readable, of: self)
            setDeadline(Self.lingerMilliseconds)
        } else {
            request = nil
            phase = .reading
            seat.loop.setInterest(.readable, of: self)
            setDeadline(
                reader.hasBegun ? listener.bounds.headMillisecondsMax : listener.bounds.idleMillisecondsMax)
            // The next request may have come with the last one.
            advance()
            if phase == .reading { seat.loop.again(self) }
        }
    }

    /// The last words have gone out; what still comes is thrown away so that they are not lost in a reset.
    private func discard() {
        guard let transport else { return }
        switch Self.read(from: transport).0 {
        case .bytes, .waits: break
        case .ended, .failed: end()
        }
    }

    private func end() {
        guard phase != .ended else { return }
        phase = .ended
        task?.cancel()
        task = nil
        seat.loop.leave(self)
        transport?.close()
        transport = nil
        listener.gone(ObjectIdentifier(self))
    }

    private func setDeadline(_ milliseconds: Int64) {
        seat.loop.setDeadline(Monotonic.nanoseconds() + milliseconds * 1_000_000, of: self)
    }

    // MARK: becoming a WebSocket

    private static func refusal(ofUpgrade request: HTTPRequest) -> HTTPResponse? {
        guard request.method == "GET", request.isVersion11,
            request.headers.contains("Connection", word: "upgrade"),
            let key = request.headers["Sec-WebSocket-Key"], key.utf8.count == 24, key.hasSuffix("==")
        else { return .text("This is not a WebSocket handshake.\n", status: 400) }
        guard request.headers["Sec-WebSocket-Version"] == "13" else {
            var response = HTTPResponse.text("Only version 13 is spoken here.\n", status: 426)
            response.headers.add("Sec-WebSocket-Version", "13")
            return response
        }
        return nil
    }

    private func upgrade(_ acceptance: WebSocketAcceptance) {
        guard let key = request?.headers["Sec-WebSocket-Key"] else { return }
        self.acceptance = acceptance
        var text = "HTTP/1.1 101 Switching Protocols\r\nDate: \(HTTPListener.date())\r\n"
        text += "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        text += "Sec-WebSocket-Accept: \(UpgradeHandshake.accept(for: key))\r\n"
        if let agreement = agreement(acceptance) {
            text += "Sec-WebSocket-Extensions: \(agreement.answer)\r\n"
        }
        phase = .writing
        send(Array((text + "\r\n").utf8))
    }

    private func agreement(_ acceptance: WebSocketAcceptance) -> DeflateAgreement? {
        guard acceptance.compresses, let request else { return nil }
        return DeflateAgreement.accepted(fromOffers: request.headers.all("Sec-WebSocket-Extensions"))
    }

    private func becomeWebSocket(_ acceptance: WebSocketAcceptance) {
        guard let transport, let request else { return }
        let session = WebSocketSession(
            on: seat.loop, isClient: false, bounds: acceptance.bounds, schedule: acceptance.keepAlive,
            consumer: acceptance.consumer)
        let agreement = agreement(acceptance)
        phase = .ended
        seat.loop.leave(self)
        self.transport = nil
        listener.replace(self, with: session)
        session.begin(
            transport, agreement: agreement, headers: request.headers, leftover: reader.takeRest())
    }
}
