import Synchronization

/// One open WebSocket: reads, delivers, writes, pings and closes. The same on both sides.
///
/// Everything that is not `let` belongs to the loop's thread; other threads leave requests and signal.
final class WebSocketSession: WebSocketConnection, LoopMember, @unchecked Sendable {
    enum Phase: Equatable {
        /// A client's way to the peer; `opener` walks it.
        case opening
        case open
        /// Our close frame is out, the peer's is awaited.
        case closing
        /// The peer's close frame has come; ours goes out, then the connection ends.
        case answering
        /// All is said. What still comes is thrown away for a moment, so that our last words arrive.
        case lingering
        /// Neither reads nor writes, on purpose: a half-open connection.
        case silent
        case ended
    }

    struct Requests {
        var resumes = false
        var close: (code: UInt16, reason: String)?
        var goesSilent = false
        var stallMilliseconds: Int64?
    }

    /// Reads in one turn before other connections have theirs.
    static let readsInTurnMax = 8
    static let writesInTurnMax = 8
    static let lingerMilliseconds: Int64 = 1_000

    let seat: LoopSeat
    let bounds: WebSocketBounds
    let outbox: Outbox
    /// Let go once it has been told of the end.
    var consumer: (any WebSocketConsumer)?
    var hasUndelivered = false
    /// A server counts its sockets.
    var whenGone: (() -> Void)?
    let isClient: Bool
    private let schedule: KeepAlive.Schedule
    let requests = Mutex(Requests())

    /// Ends a client's way to the peer when `close` comes before it is open.
    var opener: (any WebSocketOpener)?
    var phase: Phase
    var transport: Transport?
    var reader: MessageReader
    var received: ReceiveBuffer
    var keepAlive: KeepAlive
    var isPaused = false
    var stallsUntil: Int64?
    var phaseDeadline: Int64?
    var inFlight: [UInt8] = []
    var inFlightOffset = 0
    var waitsToWrite = false
    var hasToldReason = false

    init(
        on loop: EventLoop, isClient: Bool, bounds: WebSocketBounds, schedule: KeepAlive.Schedule,
        consumer: any WebSocketConsumer
    ) {
        seat = LoopSeat(on: loop)
        self.isClient = isClient
        self.bounds = bounds
        self.schedule = schedule
        self.consumer = consumer
        outbox = Outbox(bounds, masks: isClient)
        phase = .opening
        reader = MessageReader(isMasked: !isClient, messageBytesMax: bounds.messageBytesMax, inflater: nil)
        received = ReceiveBuffer(usualBytes: 0, bytesMax: 0)
        keepAlive = KeepAlive(schedule, at: 0)
    }

    // MARK: from any thread

    func send(_ message: UnsafeRawBufferPointer, as kind: MessageKind) -> SendResult {
        let result = outbox.send(message, as: kind)
        // A full queue may be due to be dropped; the loop looks.
        if result != .notOpen { seat.loop.signal(self) }
        return result
    }

    var queuedBytes: Int { outbox.queuedBytes }

    func ping() {
        // The payload is the time of sending: the answer brings it back.
        withUnsafeBytes(of: Monotonic.nanoseconds()) { outbox.sendControl(.ping, $0) }
        seat.loop.signal(self)
    }

    func resume() {
        request { $0.resumes = true }
    }

    func close(code: UInt16, reason: String) {
        request { requests in
            if requests.close == nil { requests.close = (code, reason) }
        }
    }

    func request(_ change: (inout Requests) -> Void) {
        requests.withLock { change(&$0) }
        seat.loop.signal(self)
    }

    // MARK: on the loop

    /// The upgrade has succeeded; `leftover` came right behind it.
    func begin(_ transport: Transport, agreement: DeflateAgreement?, headers: HTTPHeaders, leftover: [UInt8])
    {
        let now = Monotonic.nanoseconds()
        do throws(NetworkError) {
            try prepare(transport, agreement)
        } catch {
            self.transport = transport
            end(because: error)
            return
        }
        opener = nil
        phase = .open
        keepAlive = KeepAlive(schedule, at: now)
        consumer?.opened(
            self,
            WebSocketAgreement(
                peer: SocketAddress.of(transport.descriptor, peer: true).map { "\($0.host):\($0.port)" }
                    ?? "",
                isEncrypted: transport.isEncrypted, isCompressed: agreement != nil, headers: headers))
        armDeadline(at: now)
        leftover.withUnsafeBytes { received.append($0) }
        if !leftover.isEmpty { process(at: .now()) }
        if phase == .open, !isPaused, transport.hasBufferedInput { seat.loop.again(self) }
        // A request may have come while the way was being walked.
        seat.loop.signal(self)
    }

    func prepare(_ transport: Transport, _ agreement: DeflateAgreement?) throws(NetworkError) {
        var deflater: Deflater?
        var inflater: Inflater?
        if let agreement {
            deflater = try Deflater(
                windowBits: isClient ? agreement.clientWindowBits : agreement.serverWindowBits,
                keepsContext: isClient ? agreement.clientKeepsContext : agreement.serverKeepsContext)
            inflater = try Inflater(
                keepsContext: isClient ? agreement.serverKeepsContext : agreement.clientKeepsContext)
        }
        reader = MessageReader(
            isMasked: !isClient, messageBytesMax: bounds.messageBytesMax, inflater: inflater)
        received = ReceiveBuffer(
            usualBytes: bounds.receiveBufferBytes,
            bytesMax: bounds.messageBytesMax + FrameHeader.bytesMax + bounds.receiveBufferBytes)
        seat.loop.join(self)
        try seat.loop.attach(self, to: transport.descriptor, interest: .readable)
        self.transport = transport
        outbox.open(deflater: deflater)
    }

    func loopReady(_ readiness: Readiness) {
        if readiness.contains(.readable), mayRead { readSome() }
        if readiness.contains(.writable), mayWrite { writeSome() }
        // The system would report a broken socket for ever; it is met again when reading resumes.
        if readiness.contains(.broken), !mayRead { seat.loop.detach(self) }
    }

    func loopAgain() {
        if stallsUntil != nil { return }
        if isPaused {
            writeSome()
            return
        }
        if received.count > 0, phase == .open || phase == .closing { process(at: .now()) }
        if mayRead { readSome() }
        if mayWrite { writeSome() }
    }

    func loopSignalled() {
        let asked = requests.withLock { requests in
            defer { requests = Requests() }
            return requests
        }
        if phase == .opening {
            if asked.close != nil { opener?.cancel() }
            return
        }
        guard phase != .ended else { return }
        if asked.goesSilent { becomeSilent() }
        if let milliseconds = asked.stallMilliseconds { stall(milliseconds) }
        if asked.resumes { resumeReading() }
        if let close = asked.close { startClosing(code: close.code, reason: close.reason) }
        if mayWrite { writeSome() }
    }

    func loopDeadline(at now: Int64) {
        if let stallsUntil, now >= stallsUntil {
            self.stallsUntil = nil
            reattach()
            seat.loop.again(self)
        }
        if let phaseDeadline, now >= phaseDeadline {
            self.phaseDeadline = nil
            switch phase {
            case .closing, .answering:
                end(because: Self.closedByUs)
                return
            case .lingering:
                release()
                return
            default: break
            }
        }
        if phase == .open {
            switch keepAlive.next(at: now) {
            case .wait: break
            case .ping:
                outbox.sendControl(.ping, UnsafeRawBufferPointer(start: nil, count: 0))
                writeSome()
            case .giveUp(let reason):
                fail(
                    NetworkError(
                        .silent, reason,
                        remedy: "The connection was half open; a reconnect mends it."))
                return
            }
        }
        armDeadline(at: now)
    }

    func loopEnds() {
        switch phase {
        case .ended: return
        case .opening: opener?.cancel()
        default:
            outbox.sendClose(CloseCode.goingAway, reason: "")
            writeSome()
            end(because: Self.closedByUs)
        }
    }

    static let closedByUs = NetworkError(.closedByUs, "the connection was closed on our side")
}
