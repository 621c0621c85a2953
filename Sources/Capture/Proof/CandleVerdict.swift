import Market
import Storage

/// What one or several minutes came to when they were laid beside the exchange's candles.
package enum CandleVerdict: Hashable, Sendable {
    case equal(CandleMinute)
    /// Differences that return to zero.
    case boundary([CandleMinute])
    /// A difference that trades at the last minute's end may explain: the next minute decides.
    case undecided([CandleMinute])
    case different([CandleMinute])

    package var minutes: [CandleMinute] {
        switch self {
        case .equal(let minute): [minute]
        case .boundary(let minutes), .undecided(let minutes), .different(let minutes): minutes
        }
    }

    /// From the first minute's start to the last one's end.
    package var interval: Range<Instant> {
        let start = minutes.first?.time ?? .epoch
        return start..<(minutes.last?.interval.upperBound ?? start)
    }

    var ours: TradeFigures { minutes.reduce(into: .zero) { $0 += $1.ours } }
    var exchange: TradeFigures { minutes.reduce(into: .zero) { $0 += $1.exchange ?? .zero } }

    func shortfall(_ symbol: Symbol) -> Shortfall {
        let tolerance = minutes.reduce(ProofTolerance.zero) { $0 + Self.tolerance($1, symbol) }
        return Shortfall(ours: ours, exchange: exchange, tolerance: tolerance)
    }

    /// The row that tells it.
    func range(_ symbol: Symbol, _ status: ProofStatus, attempts: Int = 0) -> ReconciledRange {
        ReconciledRange(
            symbol, .candle, interval, status, ours: ours, exchange: exchange, attempts: attempts)
    }

    /// Lays consecutive minutes side by side. `carry` is a difference that the minutes before left open.
    /// Where nobody knows what they left open (`isBeginning`), trades at the first minute's start may
    /// explain its difference, too.
    package static func judge(
        _ page: CandlePage, of symbol: Symbol, carry: TradeFigures = .zero, isBeginning: Bool = false
    ) -> [CandleVerdict] {
        let minutes = page.minutes
        var verdicts: [CandleVerdict] = []
        var at = 0
        var carry = carry
        var lead = isBeginning ? page.lead : nil
        while at < minutes.count {
            let minute = minutes[at]
            if carry.isZero, tolerance(minute, symbol).covers(minute.difference) {
                verdicts.append(.equal(minute))
                at += 1
                lead = nil
                continue
            }
            var verdict = run(minutes[at...], symbol, page.nextHead, carry)
            if case .different = verdict, let known = lead, carry.isZero {
                verdict = begin(minutes[at...], symbol, page.nextHead, lead: known) ?? verdict
            }
            carry = .zero
            if case .different(let minutes) = verdict { lead = minutes.last?.tail } else { lead = nil }
            verdicts.append(verdict)
            at += verdict.minutes.count
        }
        return verdicts
    }

    /// Minutes before which nothing was judged: the exchange may have counted our last trades before them in
    /// the first, or the first behind their start before it. Nil when that explains nothing.
    private static func begin(
        _ minutes: ArraySlice<CandleMinute>, _ symbol: Symbol, _ nextHead: [TradeFigures],
        lead: [TradeFigures]
    ) -> CandleVerdict? {
        let head = minutes.first?.head ?? []
        for (trades, isBefore) in [(lead, true), (head, false)] {
            var sum = TradeFigures.zero
            for trade in trades {
                sum += trade
                let verdict = run(minutes, symbol, nextHead, isBefore ? sum : .zero - sum)
                if case .different = verdict { continue }
                return verdict
            }
        }
        return nil
    }

    /// What the minutes leave open: ours less the exchange's.
    var carry: TradeFigures { ours - exchange }

    static func tolerance(_ minute: CandleMinute, _ symbol: Symbol) -> ProofTolerance {
        ProofTolerance(minute.exchange ?? .zero, quote: symbol.quote)
    }

    /// Carries the difference on as long as trades at the minutes' ends explain it, or the next minute takes
    /// it back.
    private static func run(
        _ minutes: ArraySlice<CandleMinute>, _ symbol: Symbol, _ nextHead: [TradeFigures],
        _ before: TradeFigures
    ) -> CandleVerdict {
        var carry = before
        var tolerance = ProofTolerance.zero
        var run: [CandleMinute] = []
        for (index, minute) in zip(minutes.indices, minutes) {
            run.append(minute)
            carry += minute.difference
            tolerance = tolerance + Self.tolerance(minute, symbol)
            if run.count > 1 || !before.isZero, tolerance.covers(carry) { return .boundary(run) }
            let next = index + 1 < minutes.endIndex ? minutes[index + 1] : nil
            let isExplained = explains(carry, tolerance, tail: minute.tail, head: next?.head ?? nextHead)
            guard let next else { return isExplained ? .undecided(run) : .different(run) }
            let closes = (tolerance + Self.tolerance(next, symbol)).covers(carry + next.difference)
            guard isExplained || closes else { return .different(run) }
        }
        return .undecided(run)
    }

    /// Ours is more: some of the last trades before the end were counted behind it. Ours is less: some of the
    /// first behind it were counted before.
    private static func explains(
        _ carry: TradeFigures, _ tolerance: ProofTolerance, tail: [TradeFigures], head: [TradeFigures]
    ) -> Bool {
        let isMore = carry.volume > .zero
        var sum = TradeFigures.zero
        for trade in isMore ? tail : head {
            sum += trade
            if tolerance.covers(isMore ? carry - sum : carry + sum) { return true }
        }
        return false
    }

    /// Another look at some minutes, with their neighbours.
    package static func look(
        _ page: CandlePage, of symbol: Symbol, at interval: Range<Instant>
    ) -> Dispute.Look {
        // What lies before may be as wrong; only its last trades matter.
        var page = page
        let start = page.minutes.firstIndex { $0.time >= interval.lowerBound } ?? page.minutes.count
        if start > 0 { page.lead = page.minutes[start - 1].tail }
        page.minutes.removeFirst(start)
        let wanted = page.minutes.filter { interval.contains($0.time) }
        let ours = wanted.reduce(into: TradeFigures.zero) { $0 += $1.ours }
        let exchange = wanted.reduce(into: TradeFigures.zero) { $0 += $1.exchange ?? .zero }
        let verdicts = judge(page, of: symbol, isBeginning: true)
        let places = verdicts.flatMap { verdict -> [CandleMinute] in
            if case .different(let minutes) = verdict { return minutes }
            return []
        }.filter { interval.contains($0.time) }
        if places.isEmpty { return .equal(ours: ours, exchange: exchange) }
        let missing = places.filter { $0.difference.volume < .zero }
        return .different(
            ours: ours, exchange: exchange,
            places: missing.map { StreamWindow.Place(interval: $0.interval, missing: .zero - $0.difference) })
    }
}
