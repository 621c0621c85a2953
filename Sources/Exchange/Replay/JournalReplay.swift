import Journal
import Network
import Synchronization

/// Sends the messages of a recorded journal again, over a WebSocket on loopback, at the pace of the
/// recording. It begins with the first request of a client, so that nobody misses the beginning.
package final class JournalReplay: Sendable {
    /// A client that takes nothing for so long is given up; until then the replay waits for it.
    static let slowMillisecondsMax = 30_000
    private static let waitNanoseconds: Int64 = 1_000_000

    package struct Outcome: Sendable, Equatable {
        package var messages = 0
        package var damages: [DamagePlace] = []
        package var failure: String?
    }

    private let inspector: JournalInspector
    private let speed: Double
    private let audience = ReplayAudience()
    private let loop: EventLoop
    private let server: HTTPServer
    private let isStopping = Atomic(false)

    package let addresses: (websocket: String, rest: String)

    /// Listens when it returns.
    package init(_ inspector: JournalInspector, speed: Double, port: UInt16) throws {
        guard speed > 0, speed <= ExchangeSettings.speedMax else {
            throw ExchangeError(
                .badSetting, "the speed \(speed) is not above 0 and at most \(ExchangeSettings.speedMax)",
                at: "--speed", remedy: "1 is the pace of the recording.")
        }
        self.inspector = inspector
        self.speed = speed
        loop = try EventLoop(named: "yeoul-replay")
        do {
            server = try HTTPServer(on: loop, port: port, handler: ReplayHandler(audience: audience))
        } catch {
            loop.stop()
            throw error
        }
        addresses = (
            "ws://127.0.0.1:\(server.address.port)/websocket/v1", "http://127.0.0.1:\(server.address.port)/v1"
        )
    }

    /// Ends it before the journal's end.
    package func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Plays the journal to its end on a thread of its own, says goodbye to the clients, and returns.
    package func run() async throws -> Outcome {
        let outcome = await withCheckedContinuation { (done: CheckedContinuation<Outcome, Never>) in
            do {
                try DedicatedThread(named: "yeoul-replay") { [self] in done.resume(returning: play()) }
                    .detach()
            } catch {
                done.resume(returning: Outcome(failure: "\(error)"))
            }
        }
        server.stop()
        loop.stop()
        if let failure = outcome.failure {
            throw ExchangeError(.cannotServe, "the replay ended: \(failure)", at: inspector.folder)
        }
        return outcome
    }

    private var isOver: Bool { isStopping.load(ordering: .relaxed) }

    private func play() -> Outcome {
        while !audience.hadListeners, !isOver { Pause.nanoseconds(Self.waitNanoseconds) }
        var outcome = Outcome()
        var pace = ReplayPace(speed: speed, startNanoseconds: Monotonic.nanoseconds())
        var selection = FrameSelection()
        selection.kind = .webSocket
        do {
            try inspector.read(selection) { item in
                switch item {
                case .frames(let batch):
                    batch.forEach { frame in
                        guard !isOver, selection.contains(frame.head) else { return }
                        wait(until: pace.due(frame.head.time.unixMicroseconds))
                        send(Array(frame.payload))
                        outcome.messages += 1
                    }
                case .damage(let place): outcome.damages.append(place)
                case .unfinished: break
                }
                return !isOver
            }
        } catch {
            outcome.failure = "\(error)"
        }
        sayGoodbye()
        return outcome
    }

    private func wait(until moment: Int64) {
        while !isOver {
            let left = moment - Monotonic.nanoseconds()
            guard left > 0 else { return }
            // In pieces, so that a stop is heard.
            Pause.nanoseconds(min(left, 50_000_000))
        }
    }

    /// To everybody; who is slow holds the replay up for a bounded time and is then left behind.
    private func send(_ message: [UInt8]) {
        for listener in audience.listeners {
            var waited = 0
            while listener.send(message, as: .binary) == .full, !isOver {
                guard waited < Self.slowMillisecondsMax else {
                    audience.leave(listener)
                    listener.close()
                    break
                }
                Pause.nanoseconds(Self.waitNanoseconds)
                waited += 1
            }
        }
    }

    /// What is queued still goes out.
    private func sayGoodbye() {
        for listener in audience.listeners { listener.close() }
        for _ in 0..<5_000 where !audience.listeners.isEmpty { Pause.nanoseconds(Self.waitNanoseconds) }
    }
}
