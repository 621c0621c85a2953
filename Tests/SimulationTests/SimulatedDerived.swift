import Derivation
import Indicators
import Market
import Storage

/// The derived tables of the simulated server: a value, so that a transaction that is taken back, or that a
/// standby never got, leaves nothing behind.
struct SimulatedDerived {
    struct Repair {
        var from: Instant
        var doneUntil: Instant
        var isClosed: Bool
    }

    struct Latest {
        var time: Instant
        var values: IndicatorValues
    }

    /// By time.
    var candles: [SeriesKey: [Candle]] = [:]
    var indicators: [SeriesKey: [Instant: IndicatorValues]] = [:]
    /// By time.
    var states: [SeriesKey: [StateTable.Entry]] = [:]
    var latest: [SeriesKey: Latest] = [:]
    var repairs: [SeriesKey: [Repair]] = [:]
    /// The stored trades, by market and second.
    private(set) var trades: [CandleFold.Key: [Trade]] = [:]
    /// What the last commit changed.
    var changed: Set<SeriesKey> = []
    var changedIntervals: Set<SimulatedInterval> = []

    /// Derivation's part in the transaction that accepts these trades.
    mutating func derive(
        _ derivation: inout DerivationCore?, _ accepted: [Trade], at now: Instant
    ) throws(SimulatedServer.Refusal) {
        guard var core = derivation else { return }
        defer { derivation = core }
        changed = []
        changedIntervals = []
        for trade in accepted {
            trades[Self.second(trade), default: []].append(trade)
            for timeframe in Simulation.timeframes {
                let key = SeriesKey(trade.symbol, timeframe)
                changed.insert(key)
                changedIntervals.insert(SimulatedInterval(key, timeframe.start(of: trade.time)))
            }
        }
        let store = SimulatedDerivedStore(self)
        do {
            try core.takePart(in: store, with: MarketBatch(trades: accepted), now: now)
        } catch {
            throw .derivation("\(error)")
        }
        self = store.rows
    }

    private static func second(_ trade: Trade) -> CandleFold.Key {
        CandleFold.Key(symbol: trade.symbol, start: Timeframe.second1.start(of: trade.time))
    }

    /// The stored trades of an interval.
    func trades(_ interval: SimulatedInterval) -> [Trade] {
        var found: [Trade] = []
        var second = interval.start
        let end = interval.key.timeframe.next(after: second)
        while second < end {
            found += trades[CandleFold.Key(symbol: interval.key.symbol, start: second)] ?? []
            second = Timeframe.second1.next(after: second)
        }
        return found
    }

    func candle(_ interval: SimulatedInterval) -> Candle? {
        candles[interval.key]?.first { $0.time == interval.start }
    }

    func isUnderRepair(_ key: SeriesKey) -> Bool { repairs[key]?.contains { !$0.isClosed } ?? false }
}

/// One interval of a series.
struct SimulatedInterval: Hashable, Comparable {
    let key: SeriesKey
    let start: Instant

    init(_ key: SeriesKey, _ start: Instant) {
        self.key = key
        self.start = start
    }

    static func < (left: SimulatedInterval, right: SimulatedInterval) -> Bool {
        (left.key, left.start) < (right.key, right.start)
    }
}
