import Glibc
import Market
import Network
import Quotation
import Synchronization
import Upbit

/// Performs what the fleet decides: opens, sends and closes over the network, asks the shared budget for
/// turns, hands frames to the sink.
package final class SessionRunner: Sendable {
    /// The fleet sees the time so often.
    private static let tickNanoseconds = 200_000_000
    /// The end waits so long for the exchange's farewells.
    private static let stopMillisecondsMax: Int64 = 3_000

    struct Link: Sendable {
        var connections: [Int: any WebSocketConnection] = [:]
        /// The turn of the attempt under way.
        var permit: RatePermit?
        /// A frame that the sink had no room for; its connection is paused.
        var waiting: WaitingFrame?
    }

    struct WaitingFrame: Sendable {
        let bytes: [UInt8]
        let time: ReceiveTime
        let attempt: Int
        let number: UInt32
    }

    struct State: Sendable {
        var fleet: SessionFleet
        var links: [Link]
    }

    let settings: SessionSettings
    let connecting: any WebSocketConnecting
    let budget: any SharedRateBudget
    let sink: any FrameSink
    let observer: any SessionObserver
    let state: Mutex<State>
    private let isEnding = Atomic<Bool>(false)

    package init(
        _ settings: SessionSettings, connecting: any WebSocketConnecting, budget: any SharedRateBudget,
        sink: any FrameSink, observer: any SessionObserver
    ) {
        self.settings = settings
        self.connecting = connecting
        self.budget = budget
        self.sink = sink
        self.observer = observer
        let fleet = SessionFleet(
            count: settings.connections, seed: settings.seed, timers: settings.timers,
            at: Monotonic.milliseconds())
        state = Mutex(
            State(fleet: fleet, links: (0..<settings.connections).map { _ in Link() }))
    }

    /// Starts the clock of all connections; they do nothing before they are told what to listen to.
    package func start() throws {
        try DedicatedThread(named: "yeoul-sessions") {
            while !self.isEnding.load(ordering: .relaxed) {
                self.decide { fleet, now in fleet.tick(at: now) }
                var pause = timespec(tv_sec: 0, tv_nsec: Self.tickNanoseconds)
                nanosleep(&pause, nil)
            }
        }.detach()
    }

    /// What each connection listens to from now on, and how steadily new markets are expected to speak.
    package func listen(to parts: [[SessionItem]], expected: [Symbol: Double]) {
        decide { fleet, now in fleet.listen(to: parts, expected: expected, at: now) }
    }

    package func heardREST(_ rest: OutageWatch.REST) {
        decide { fleet, now in fleet.heardREST(rest, at: now) }
    }

    /// Closes all connections; returns when they are closed, or after three seconds.
    package func stop() async {
        decide { fleet, now in fleet.stop(at: now) }
        let end = Monotonic.milliseconds() + Self.stopMillisecondsMax
        while Monotonic.milliseconds() < end, !state.withLock({ $0.fleet.isStopped }) {
            try? await Task.sleep(for: .milliseconds(10))
        }
        isEnding.store(true, ordering: .relaxed)
    }

    package func figures() -> [SessionFigures] {
        let now = Monotonic.milliseconds()
        return state.withLock { state in
            state.fleet.sessions.indices.map {
                SessionFigures(state.fleet.sessions[$0], state.fleet.tallies[$0], index: $0, at: now)
            }
        }
    }

    var seed: UInt64 { settings.seed }
    var channels: [Channel] { settings.channels }
    package var outageCause: OutageWatch.Cause? { state.withLock { $0.fleet.outage.cause } }
    /// Messages of each market since it is listened to.
    package var counts: [Symbol: Int64] { state.withLock { $0.fleet.counts } }

    /// Lets the fleet decide, then performs it. Nothing is performed under the lock.
    func decide(_ body: (inout SessionFleet, Int64) -> [FleetAction]) {
        let now = Monotonic.milliseconds()
        perform(state.withLock { body(&$0.fleet, now) })
    }
}

// What the network tells.
extension SessionRunner {
    func opened(_ connection: any WebSocketConnection, _ link: SessionLink) {
        state.withLock { $0.links[link.index].connections[link.attempt] = connection }
        decide { fleet, now in fleet.handle(.opened(attempt: link.attempt), of: link.index, at: now) }
    }

    func closed(_ link: SessionLink, because reason: NetworkError) {
        decide { fleet, now in fleet.handle(.closed(attempt: link.attempt, reason), of: link.index, at: now) }
        state.withLock { $0.links[link.index].connections[link.attempt] = nil }
    }

    func received(_ frame: UnsafeRawBufferPointer, at time: ReceiveTime, on link: SessionLink) -> Flow {
        let isTaken = sink.take(frame, connection: link.number, at: time)
        let glance = FrameGlance(frame)
        let now = time.monotonicNanoseconds / 1_000_000
        perform(
            state.withLock {
                $0.fleet.received(
                    glance, byteCount: frame.count, on: link.index, attempt: link.attempt, at: now)
            })
        if glance.kind == .refusal, let refusal = Self.refusal(in: frame) {
            decide { fleet, now in
                fleet.handle(.refused(attempt: link.attempt, refusal), of: link.index, at: now)
            }
        }
        if isTaken { return .more }
        let waiting = WaitingFrame(
            bytes: Array(frame), time: time, attempt: link.attempt, number: link.number)
        state.withLock { $0.links[link.index].waiting = waiting }
        decide { fleet, now in fleet.handle(.paused(attempt: link.attempt), of: link.index, at: now) }
        sink.whenRoom { self.offerAgain(link.index) }
        return .pause
    }

    /// There is room: the frame that waits goes first, then reading goes on.
    private func offerAgain(_ index: Int) {
        guard let waiting = state.withLock({ $0.links[index].waiting }) else { return }
        let isTaken = waiting.bytes.withUnsafeBytes {
            sink.take($0, connection: waiting.number, at: waiting.time)
        }
        guard isTaken else {
            sink.whenRoom { self.offerAgain(index) }
            return
        }
        let connection = state.withLock { state in
            state.links[index].waiting = nil
            return state.links[index].connections[waiting.attempt]
        }
        decide { fleet, now in fleet.handle(.resumed(attempt: waiting.attempt), of: index, at: now) }
        connection?.resume()
    }

    /// A refusal that is not understood is none: the frame goes to quarantine like any other.
    private static func refusal(in frame: UnsafeRawBufferPointer) -> RefusalMessage? {
        var decoder = MessageDecoder()
        var cursor = FrameCursor(receivedAt: .epoch)
        while let kind = try? decoder.next(in: frame, &cursor) {
            if kind == .error { return decoder.refusal }
        }
        return nil
    }
}
