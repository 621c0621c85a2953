import Diagnostics
import Market
import Network
import Quotation
import Synchronization
import Upbit

/// Keeps the connections' sets up to date: asks for the list of markets each minute, spreads the wanted ones
/// over the connections, and tells of listings, delistings and renamings.
package final class MarketService: Sendable {
    /// Turnovers change slowly.
    private static let turnoverMilliseconds: Int64 = 3_600_000
    private static let sliceMilliseconds: Int64 = 100
    /// A probe is not answered with one of these still fresh.
    private static let probeMillisecondsMin: Int64 = 5_000

    private struct State: Sendable {
        var watch = MarketWatch()
        var load = MarketLoad()
        var plan: ConnectionPlan
        var pace = RefreshPace()
        var jitter: JitterSource
        var turnoverAt: Int64?
        var complained: Set<Symbol> = []
        var isComplete = true
    }

    private let quotation: QuotationClient
    private let sessions: SessionRunner
    private let selection: MarketSelection
    private let observer: any MarketObserver
    private let logger: Logger
    private let state: Mutex<State>
    private let wantsProbe = Atomic<Bool>(false)

    package init(
        _ selection: MarketSelection, plan: ConnectionPlan, quotation: QuotationClient,
        sessions: SessionRunner, observer: any MarketObserver, logger: Logger
    ) {
        self.selection = selection
        self.quotation = quotation
        self.sessions = sessions
        self.observer = observer
        self.logger = logger
        state = Mutex(State(plan: plan, jitter: JitterSource(seed: sessions.seed)))
    }

    /// Asks soon, since no connection is live.
    package func probe() { wantsProbe.store(true, ordering: .relaxed) }

    /// Runs until its task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let pause = await refresh()
            let asked = Monotonic.milliseconds()
            while !Task.isCancelled {
                let passed = Monotonic.milliseconds() - asked
                if passed >= pause { break }
                if passed >= Self.probeMillisecondsMin, wantsProbe.load(ordering: .relaxed) { break }
                try? await Task.sleep(for: .milliseconds(min(Self.sliceMilliseconds, pause - passed)))
            }
        }
    }

    /// One look at the list; returns how long to wait for the next.
    package func refresh() async -> Int64 {
        wantsProbe.store(false, ordering: .relaxed)
        do {
            let list = try await quotation.markets(priority: .refill)
            sessions.heardREST(.answers)
            try take(list, at: Instant(microseconds: WallClock.unixMicroseconds()))
            await learnTurnovers()
            spread()
            return state.withLock { $0.pace.succeeded(using: &$0.jitter) }
        } catch {
            if let rest = Self.judge(error) { sessions.heardREST(rest) }
            if !(error is CancellationError) {
                logger.log(
                    sessions.outageCause == nil ? .warning : .debug,
                    "the list of markets could not be refreshed: \(error)")
            }
            return state.withLock { $0.pace.failed(using: &$0.jitter) }
        }
    }

    private func take(_ list: [MarketListing], at time: Instant) throws {
        let (changes, listings) = try state.withLock { state in
            (try state.watch.heard(list), state.watch.listings)
        }
        observer.marketsChanged(changes, listings: listings, at: time)
        complain(listings)
    }

    /// Markets of the settings that the exchange does not have: told once each.
    private func complain(_ listings: [Symbol: MarketListing]) {
        let missing = selection.named.filter { listings[$0] == nil }
        let fresh = state.withLock { state in
            defer { state.complained = missing }
            return missing.subtracting(state.complained).sorted()
        }
        let names = listings.keys.map(\.description)
        for symbol in fresh {
            let near = Suggestion.nearest(to: symbol.description, among: names).map { "Did you mean \($0)? " }
            logger.error(
                CaptureError(
                    .unknownMarket, "the exchange does not list \(symbol)", place: "capture.markets",
                    remedy: "\(near ?? "")It is captured as soon as it is listed."))
        }
        if !listings.keys.contains(where: selection.matches) {
            logger.error(
                CaptureError(
                    .unknownMarket, "the exchange lists no market that is asked for",
                    place: "capture.markets", remedy: "See `yeoul markets` for what there is."))
        }
    }

    /// What cannot be learned is measured later.
    private func learnTurnovers() async {
        let now = Monotonic.milliseconds()
        let wanted = state.withLock { state in
            let isDue = state.turnoverAt.map { now - $0 >= Self.turnoverMilliseconds } ?? true
            return isDue ? state.watch.listings.keys.filter(selection.matches).sorted() : []
        }
        guard !wanted.isEmpty else { return }
        state.withLock { $0.turnoverAt = now }
        var rest = wanted[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Upbit.Quotation.marketsMax))
            rest = rest.dropFirst(part.count)
            do {
                let tickers = try await quotation.tickers(part)
                state.withLock { $0.load.heard(tickers) }
            } catch {
                logger.debug("turnovers are not known: \(error)")
                return
            }
        }
    }

    private func spread() {
        let counts = sessions.counts
        let now = Monotonic.milliseconds()
        let (parts, expected, unplaced) = state.withLock { state in
            state.load.measured(counts, at: now)
            let wanted = state.watch.listings.keys.filter(selection.matches)
            var loads: [Symbol: Double] = [:]
            var expected: [Symbol: Double] = [:]
            for symbol in wanted {
                loads[symbol] = state.load.messagesPerSecond(symbol)
                expected[symbol] = state.load.expectedShare(symbol)
            }
            state.plan.update(loads)
            defer { state.isComplete = state.plan.unplaced.isEmpty }
            let parts = state.plan.parts(sessions.channels)
            return (parts, expected, state.isComplete ? state.plan.unplaced : [])
        }
        sessions.listen(to: parts, expected: expected)
        guard !unplaced.isEmpty else { return }
        logger.error(
            CaptureError(
                .badSetting,
                "\(unplaced.count) markets fit on no connection: one takes \(ConnectionPlan.marketsMax)",
                place: "capture.connections", remedy: "Raise capture.connections."))
    }

    /// What a failed request says of the exchange; nil when it says nothing.
    private static func judge(_ error: any Error) -> OutageWatch.REST? {
        switch error {
        case let error as NetworkError:
            switch SessionEnd(error) {
            case .nameNotFound, .unreachable, .tls: return .unreachable
            case .wanted, .other: return nil
            default: return .fails
            }
        case let error as UpbitError:
            if case .refused(let status, _) = error.code, status < 500 { return .answers }
            return .fails
        case is CaptureError: return .answers
        default: return nil
        }
    }
}
