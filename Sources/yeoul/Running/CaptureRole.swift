import Capture
import Database
import Diagnostics
import Market
import Network
import Operations
import Quotation
import Synchronization
import Upbit

/// What a running capture tells of itself: the status file and its metrics each second, the live line, the
/// service manager.
final class CaptureRole: Sendable {
    /// How often gaps and proof are asked for.
    private static let accountMilliseconds: Int64 = 5_000
    /// Calls that are counted as free; no limit of an exchange is above.
    private static let freeCallsMax = 100
    private static let groups: [RateGroup] = [
        .market, .candles, .trades, .ticker, .orderbook, .webSocketConnect, .webSocketMessage,
    ]

    private struct State {
        var word = "running"
        var slow = CaptureSample.Slow()
        var accountAt: Int64?
    }

    /// What the publisher's thread reads.
    private final class View: Sendable {
        let service: CaptureService
        let state = Mutex(State())

        init(_ service: CaptureService) { self.service = service }

        var sample: CaptureSample {
            let wall = Instant(microseconds: WallClock.unixMicroseconds())
            return CaptureSample(
                figures: service.figures, journal: service.journalFigures, sessions: service.sessionFigures,
                pool: service.poolCounts, gapsOpen: service.proof?.book.openCount ?? 0,
                clockOffsetSeconds: Double(service.time.now.microseconds(since: wall)) / 1_000_000,
                slow: state.withLock { $0.slow })
        }
    }

    private let view: View
    private let budget: any SharedRateBudget
    private let options: ConnectionOptions
    private let publisher: RolePublisher
    private let manager: ServiceManager?
    private let heartbeat = Heartbeat()
    private let watchdog: Task<Void, Never>?
    private let delays: CloseDelays

    /// Begins when the capture runs: only then it is the one of the folder, and may write the role's file.
    init(
        _ service: CaptureService, budget: any SharedRateBudget, home: CaptureHome, folder: String,
        manager: ServiceManager?, logger: Logger
    ) {
        let view = View(service)
        self.view = view
        self.budget = budget
        options = home.options
        let delays = CloseDelays(home.directOptions, now: { service.time.now }, logger: logger)
        self.delays = delays
        self.manager = manager
        publisher = RolePublisher(
            role: "capture", folder: RoleStatusFolder(dataFolder: folder), logger: logger
        ) {
            let sample = view.sample
            let reasons = CaptureMetrics.reasons(sample)
            return (
                view.state.withLock { $0.word }, reasons, CaptureMetrics.families(sample) + delays.families
            )
        }
        watchdog = manager?.watch { [heartbeat] in heartbeat.isAlive }
        manager?.ready("Capturing")
    }

    /// Each second.
    func look() async {
        heartbeat.beat()
        let service = view.service
        let (before, accountAt) = view.state.withLock { ($0.slow, $0.accountAt) }
        var slow = before
        let now = Monotonic.milliseconds()
        let figures = service.figures
        slow.rates.look(
            RateWindow.Look(
                milliseconds: now,
                messages: service.sessionFigures.reduce(0) { $0 + $1.tally.messages },
                trades: figures.trades, rows: figures.rows, lag: figures.lag))
        if let proof = service.proof {
            slow.proof = await proof.proof.figures
            slow.disputes = await proof.proof.openDisputes
            slow.refill = await proof.refill.figures
        }
        await look(at: &slow)
        let fresh = slow
        view.state.withLock { state in
            // The account has a task of its own, which may have ended meanwhile.
            let account = state.slow.account
            state.slow = fresh
            state.slow.account = account
        }
        if accountAt.map({ now - $0 >= Self.accountMilliseconds }) ?? true { readAccount(now) }
        manager?.status(live.text)
    }

    /// Beside the looks: a database that does not answer must not hold them up.
    private func readAccount(_ now: Int64) {
        // No second one before the first has ended.
        view.state.withLock { $0.accountAt = .max / 2 }
        Task { [view, options] in
            let account = try? await ProofAccount.read(options)
            view.state.withLock { state in
                state.slow.account = account
                state.accountAt = now
            }
        }
    }

    /// A budget that cannot be read leaves what was known.
    private func look(at slow: inout CaptureSample.Slow) async {
        guard let (budget, time) = try? await budget.look() else { return }
        slow.bannedSeconds = budget.bannedUntil(now: time).map { Self.seconds(until: $0, time) } ?? 0
        slow.budgets = Self.groups.map { group in
            var copy = budget
            var free = 0
            while free < Self.freeCallsMax, case .granted = copy.request(group, now: time) { free += 1 }
            let stopped = budget.stoppedUntil(group, now: time).map { Self.seconds(until: $0, time) } ?? 0
            return CaptureSample.Slow.Budget(group: group, free: free, stoppedSeconds: stopped)
        }
    }

    private static func seconds(until end: Instant, _ now: Instant) -> Double {
        Double(end.microseconds(since: now)) / 1_000_000
    }

    var live: LiveFigures { LiveFigures(view.sample) }

    /// The capture comes to its end, which takes some seconds.
    func drain() {
        view.state.withLock { $0.word = "draining" }
        watchdog?.cancel()
        manager?.stopping()
    }

    /// The last word.
    func stop() {
        delays.stop()
        publisher.stop()
    }
}
