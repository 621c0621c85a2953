import Derivation
import Indicators
import Market

/// Invariant 3, after every commit: candles are the aggregates of the stored trades, and indicators the
/// function of the candles, outside an open repair.
extension Simulation {
    /// Two that close often and one that hardly does.
    static let timeframes: [Timeframe] = [.second1, .minute1, .minute3]

    /// Looks at what the last commit changed.
    func checkDerived() throws {
        guard derivationSettings != nil else { return }
        for interval in server.derived.changedIntervals.sorted() { try check(interval) }
        for key in server.derived.changed.sorted() { try checkSeries(key) }
    }

    /// Looks at everything: a standby has taken over, or the end has come.
    func checkAllDerived() throws {
        guard derivationSettings != nil else { return }
        var intervals: Set<SimulatedInterval> = []
        var keys = Set(server.derived.latest.keys)
        for (second, trades) in server.derived.trades where !trades.isEmpty {
            for timeframe in Self.timeframes {
                let key = SeriesKey(second.symbol, timeframe)
                keys.insert(key)
                intervals.insert(SimulatedInterval(key, timeframe.start(of: second.start)))
            }
        }
        for (key, candles) in server.derived.candles {
            keys.insert(key)
            for candle in candles { intervals.insert(SimulatedInterval(key, candle.time)) }
        }
        for interval in intervals.sorted() { try check(interval) }
        for key in keys.sorted() { try checkSeries(key) }
    }

    /// The candle against its trades, added up here in another way than there.
    private func check(_ interval: SimulatedInterval) throws {
        let (key, derived) = (interval.key, server.derived)
        let closed = derived.latest[key]?.time
        let candle = derived.candle(interval)
        // Larger open candles have no row. One that came late has one before its repair renews the latest row.
        let isDue =
            key.timeframe == Self.timeframes[0] || closed.map { interval.start <= $0 } ?? false
            || candle != nil && derived.isUnderRepair(key)
        let trades = isDue || candle != nil ? derived.trades(interval) : []
        guard let first = trades.min(by: Self.isBefore), let last = trades.max(by: Self.isBefore), isDue
        else {
            if candle != nil {
                throw broken("\(key) \(interval.start) has a candle, and \(trades.count) trades")
            }
            return
        }
        guard let candle else { throw broken("\(key) \(interval.start) has no candle") }
        func sum(_ term: (Trade) -> Int128) -> Int128 { trades.reduce(0) { $0 + term($1) } }
        let bought = sum { $0.side == .buy ? $0.volume.unscaled : 0 }
        let volume = sum { $0.volume.unscaled }
        let parts: [(String, Bool)] = [
            ("the number of trades", candle.trades == Int64(trades.count)),
            ("open", candle.open == first.price && candle.firstID == first.sequentialID),
            ("close", candle.close == last.price && candle.lastID == last.sequentialID),
            ("high", candle.high == trades.map(\.price).max()),
            ("low", candle.low == trades.map(\.price).min()),
            ("volume", candle.volume.unscaled == volume * 100_000_000),
            ("value", candle.value.unscaled == sum { $0.price.unscaled * $0.volume.unscaled }),
            ("bought", candle.buyVolume?.unscaled == bought * 100_000_000),
            ("sold", candle.sellVolume?.unscaled == (volume - bought) * 100_000_000),
        ]
        guard let wrong = parts.first(where: { !$0.1 }) else { return }
        throw broken(
            "the candle \(key) \(interval.start) is not that of its \(trades.count) stored trades: \(wrong.0)"
        )
    }

    private static func isBefore(_ left: Trade, _ right: Trade) -> Bool {
        (left.time, left.sequentialID) < (right.time, right.sequentialID)
    }

    /// The indicators, the newest state and the latest row against the stored candles.
    private func checkSeries(_ key: SeriesKey) throws {
        let derived = server.derived
        guard let latest = derived.latest[key], !derived.isUnderRepair(key) else { return }
        var series = IndicatorSeries(key.timeframe)
        var state: (time: Instant, state: RecursiveState)?
        var count = 0
        for candle in derived.candles[key] ?? [] where candle.time <= latest.time {
            let values = try series.close(candle)
            count += 1
            state = (candle.time, series.state)
            guard let stored = derived.indicators[key]?[candle.time] else {
                throw broken("\(key) \(candle.time) has no indicators")
            }
            guard stored == values else { throw broken("the indicators \(key) \(candle.time) are others") }
        }
        guard derived.indicators[key]?.count ?? 0 == count else {
            throw broken("\(key) has indicators of no candle")
        }
        guard let state else { return }
        guard let stored = derived.states[key]?.last, stored.time == state.time, stored.state == state.state
        else { throw broken("the state \(key) is not that after \(state.time)") }
        let filled = series.fill(until: key.timeframe.next(after: latest.time))
        guard latest.values == filled ?? series.lastValues else {
            throw broken("the latest values \(key) are not those of \(latest.time)")
        }
    }

    // MARK: At the end

    /// Everything closes, as it does while nothing is traded; then all of it must be what one commit of all
    /// stored trades makes on an empty server.
    mutating func closeEverything() throws {
        guard let settings = derivationSettings else { return }
        let end = SimulatedExchange.start.adding(milliseconds: now + 400_000)
        try settle(&server.derived, [], settings, until: end)
        try checkAllDerived()
        var fresh = SimulatedDerived()
        try settle(&fresh, Array(server.rows.values), settings, until: end)
        for (key, candles) in fresh.candles {
            let stored = server.derived.candles[key] ?? []
            guard candles.count == stored.count, zip(candles, stored).allSatisfy(Self.isSame) else {
                throw broken("the candles \(key) are not those of all trades at once")
            }
        }
        for (key, indicators) in fresh.indicators where server.derived.indicators[key] != indicators {
            throw broken("the indicators \(key) are not those of all trades at once")
        }
        for key in fresh.latest.keys where server.derived.latest[key]?.values != fresh.latest[key]?.values {
            throw broken("the latest values \(key) are not those of all trades at once")
        }
    }

    /// But for the revision, which tells the history.
    private static func isSame(_ left: Candle, _ right: Candle) -> Bool {
        var left = left
        left.revision = right.revision
        return left == right
    }

    private func settle(
        _ derived: inout SimulatedDerived, _ trades: [Trade], _ settings: DerivationSettings,
        until end: Instant
    ) throws {
        var core: DerivationCore? = DerivationCore(settings)
        var trades = trades
        // Repairs take a few candles a commit.
        for _ in 0..<2_000 {
            core?.willCommit(through: trades.isEmpty ? end : nil)
            do throws(SimulatedServer.Refusal) {
                try derived.derive(&core, trades, at: end)
            } catch {
                throw broken("\(error)")
            }
            core?.didCommit()
            trades = []
            if core?.isDue(at: end) == false { return }
        }
        throw broken("repairs do not end")
    }
}
