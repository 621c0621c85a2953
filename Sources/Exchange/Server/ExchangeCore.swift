import Market
import Network
import Synchronization
import Upbit

/// A running exchange without its sockets: the two halves, each under its lock, and the thread that lets
/// the market go on.
final class ExchangeCore: Sendable {
    /// The market is looked at so often at least, and so rarely at most.
    private static let pauseNanosecondsMin: Int64 = 1_000_000
    /// Between two turns when there is more to do: others get at the locks.
    private static let pauseNanosecondsBehind: Int64 = 20_000
    private static let pauseNanosecondsMax: Int64 = 50_000_000

    let profile: Profile
    let questions: OpenQuestions
    private let plan: VenuePlan
    private let state: Mutex<ExchangeState>
    private let rest: Mutex<RESTEngine>
    /// What the ledger holds: REST shows no more.
    private let recorded: Atomic<Int64>
    private let isStopping = Atomic<Bool>(false)

    init(_ settings: ExchangeSettings) throws {
        try settings.check()
        let now = Monotonic.nanoseconds()
        let start = settings.start?.milliseconds ?? WallClock.unixMicroseconds() / 1_000
        let specs = try Catalogue.markets(
            settings.markets, tradesPerSecond: settings.tradesPerSecond, seed: settings.seed)
        let plan = VenuePlan(
            seed: settings.seed, markets: specs, isSteady: settings.isSteady, questions: settings.questions)
        let hub = SocketHub(
            plan: plan, profile: settings.profile, questions: settings.questions, faults: settings.faults,
            seed: settings.seed, isLimited: settings.isLimited, market: start)
        var clock = ExchangeClock(
            marketMilliseconds: start, monotonicNanoseconds: now, speed: settings.speed)
        clock.skewMilliseconds = settings.faults.clockSkewMilliseconds
        let ledger: LedgerWriter?
        if let path = settings.ledgerPath {
            ledger = try LedgerWriter(path: path)
            try ledger?.flush()
        } else {
            ledger = nil
        }
        profile = settings.profile
        questions = settings.questions
        self.plan = plan
        state = Mutex(
            ExchangeState(
                clock: clock, hub: hub, ledger: ledger,
                endMarket: settings.durationMilliseconds.map { start + $0 } ?? .max))
        rest = Mutex(
            RESTEngine(
                plan: plan, profile: settings.profile, questions: settings.questions,
                faults: settings.faults, seed: settings.seed, isLimited: settings.isLimited))
        recorded = Atomic(start)
    }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Runs the market until the end, a stop or a failure; blocks its thread.
    func run() -> ExchangeError? {
        while !isStopping.load(ordering: .relaxed) {
            let now = Monotonic.nanoseconds()
            let (goesOn, failure, pause) = state.withLock { state in
                let goesOn = state.advance(nanoseconds: now)
                recorded.store(state.hub.market, ordering: .releasing)
                guard !state.isBehind else {
                    return (goesOn, state.failure, Self.pauseNanosecondsBehind)
                }
                let pause = state.clock.nanoseconds(until: state.hub.nextEvent, from: now)
                return (
                    goesOn, state.failure,
                    min(Self.pauseNanosecondsMax, max(Self.pauseNanosecondsMin, pause))
                )
            }
            guard goesOn else { return failure }
            Pause.nanoseconds(pause)
        }
        return nil
    }
}

// Sockets.
extension ExchangeCore {
    func connect(
        from address: String, hasOrigin: Bool, authorization: String?
    ) -> SocketHub.ConnectVerdict {
        state.withLock {
            $0.hub.connect(
                from: address, hasOrigin: hasOrigin, authorization: authorization,
                now: Monotonic.milliseconds())
        }
    }

    func opened(_ session: Int, _ connection: any MisbehavingConnection) {
        state.withLock { $0.connections[session] = connection }
    }

    func received(_ bytes: [UInt8], on session: Int) {
        state.withLock { state in
            state.hub.received(bytes, on: session, now: Monotonic.milliseconds())
            state.perform()
        }
    }

    func heard(_ session: Int) {
        state.withLock { $0.hub.heard(session, now: Monotonic.milliseconds()) }
    }

    func closed(_ session: Int) {
        state.withLock { state in
            state.hub.closed(session)
            state.connections[session] = nil
        }
    }
}

// REST.
extension ExchangeCore {
    func answer(_ call: RESTCall) -> RESTReply {
        let market = recorded.load(ordering: .acquiring)
        return rest.withLock { $0.answer(call, market: market, now: Monotonic.milliseconds()) }
    }
}

// Control.
extension ExchangeCore {
    var faults: FaultSettings { state.withLock { $0.hub.faults } }

    /// Other faults hold from now on.
    func change(_ settings: FaultSettings) {
        let market = state.withLock { state in
            state.hub.change(settings, now: Monotonic.milliseconds())
            state.clock.skewMilliseconds = settings.clockSkewMilliseconds
            return state.hub.market
        }
        rest.withLock { $0.change(settings, market: market) }
    }

    func endAll(_ ending: FaultSettings.Ending) {
        state.withLock { state in
            state.hub.endAll(ending)
            state.perform()
        }
    }

    func stallAll(milliseconds: Int64) {
        state.withLock { state in
            state.hub.stallAll(milliseconds: milliseconds)
            state.perform()
        }
    }

    /// Performs a change of the markets; `change` gets the number of the one that is named, if it exists.
    func changeMarket(
        _ symbol: Symbol, _ change: (_ spec: MarketSpec?, _ nextMinute: Int64) throws -> MarketSpec
    ) throws {
        let (model, number) = try state.withLock { state in
            let number = state.hub.number(of: symbol)
            let spec = try change(number.map { state.hub.spec($0) }, state.hub.market / 60_000 + 1)
            let taken = state.hub.number(of: spec.symbol)
            guard taken == nil || taken == number else {
                throw ExchangeError(
                    .badSetting, "\(spec.symbol) is a market already", at: "markets",
                    remedy: "Choose a code that is not listed.")
            }
            let model = plan.model(spec)
            state.hub.put(model, as: number)
            return (model, number)
        }
        rest.withLock { $0.put(model, as: number) }
    }

    var summary: (market: Int64, connections: Int, trades: Int64, markets: Int) {
        state.withLock { ($0.hub.market, $0.hub.sessionsCount, $0.trades, $0.hub.marketsCount) }
    }
}
