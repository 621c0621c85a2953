import Market
import Storage

/// Proves the stored trades by the exchange's candles of a minute, page after page, within a share of the
/// calls. Pure.
package struct CandleProof: Sendable {
    package struct Settings: Sendable {
        /// The exchange's candles are complete so long after the minute's end.
        package var settleMilliseconds: Int64 = 10_000
        /// A difference is looked at again after so long.
        package var secondLookMilliseconds: Int64 = 20_000
        /// Pause between two calls: a second is a tenth of what the exchange allows.
        package var callMilliseconds: Int64 = 1_000
        /// A market whose call failed waits so long.
        package var failureMilliseconds: Int64 = 30_000

        package init() {}
    }

    /// Minutes of one page.
    package static let pageMinutesMax = 200
    /// A run of boundary minutes is told when it is so long, and its difference carried on.
    static let runMinutesMax = 30

    package struct Question: Hashable, Sendable {
        package var symbol: Symbol
        /// Whole minutes.
        package var interval: Range<Instant>

        package var minutes: Int {
            Int(interval.upperBound.microseconds(since: interval.lowerBound) / 60_000_000)
        }
    }

    package struct Answer: Hashable, Sendable {
        package var ranges: [ReconciledRange] = []
        /// Different at the second look as well: to be repaired.
        package var disputes: [ReconciledRange] = []
    }

    private struct State {
        /// Everything before was judged.
        var from: Instant
        var carry = TradeFigures.zero
        var lastAskedAt = Int64.min
        var notBefore = Int64.min
        /// Nothing is known of what the minutes before `from` left open.
        var isBeginning = true
        /// When the minute at `from` was found different first.
        var suspectAt: Int64?
        var isAsked = false
        /// The market is gone: what lies behind is not judged.
        var endsAt: Instant?

        var isOver: Bool { endsAt.map { from >= $0 } ?? false }
    }

    private let settings: Settings
    private var states: [Symbol: State] = [:]
    private var nextCallAt = Int64.min

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Whether more minutes of the market will be judged.
    package func follows(_ symbol: Symbol) -> Bool { states[symbol] != nil }

    /// The markets that are proven, and from where on.
    package var progress: [Symbol: Instant] { states.mapValues(\.from) }

    /// Begins with a market at the first whole minute from `instant` on. Does nothing for a market that has
    /// begun; one that was about to end goes on.
    package mutating func begin(_ symbol: Symbol, at instant: Instant) {
        states[symbol]?.endsAt = nil
        guard states[symbol] == nil else { return }
        let isWhole = Timeframe.minute1.isAligned(instant)
        states[symbol] = State(from: isWhole ? instant : Timeframe.minute1.next(after: instant))
    }

    /// The market is not captured any more. It is forgotten, and costs no more calls, when the whole minutes
    /// before `instant` are judged. Returns up to where that is.
    @discardableResult
    package mutating func end(_ symbol: Symbol, at instant: Instant) -> Instant? {
        guard var state = states[symbol] else { return nil }
        let end = max(state.from, Timeframe.minute1.start(of: instant))
        state.endsAt = end
        keep(state, symbol)
        return end
    }

    private mutating func keep(_ state: State, _ symbol: Symbol) {
        // An answer that is under way comes back to nobody.
        states[symbol] = state.isOver ? nil : state
    }

    /// The page to be compared now, or nil. `committed` is the exchange time up to which everything is
    /// stored; `openFrom` the start of the first open gap of the market at or behind an instant.
    package mutating func question(
        _ now: ProofClock, committed: Instant, openFrom: (Symbol, Instant) -> Instant?
    ) -> Question? {
        guard now.milliseconds >= nextCallAt else { return nil }
        let ready = min(now.exchange, committed).adding(milliseconds: -settings.settleMilliseconds)
        let settled = Timeframe.minute1.start(of: ready)
        var chosen: (symbol: Symbol, to: Instant, rank: (Int64, Int64, Symbol))?
        for (symbol, state) in states where !state.isAsked && now.milliseconds >= state.notBefore {
            guard state.from < settled else { continue }
            var to = min(settled, state.from.adding(seconds: Int64(Self.pageMinutesMax) * 60))
            if let end = state.endsAt { to = min(to, end) }
            if let gap = openFrom(symbol, state.from) { to = min(to, Timeframe.minute1.start(of: gap)) }
            guard to > state.from else { continue }
            // Second looks first, then who was asked longest ago.
            let rank = (state.suspectAt == nil ? Int64(1) : 0, state.lastAskedAt, symbol)
            if let best = chosen, best.rank < rank { continue }
            chosen = (symbol, to, rank)
        }
        guard let chosen, let from = states[chosen.symbol]?.from else { return nil }
        nextCallAt = now.milliseconds + settings.callMilliseconds
        states[chosen.symbol]?.isAsked = true
        states[chosen.symbol]?.lastAskedAt = now.milliseconds
        return Question(symbol: chosen.symbol, interval: from..<chosen.to)
    }

    /// The page or our figures did not come: the question comes again later.
    package mutating func noAnswer(_ question: Question, _ now: ProofClock) {
        states[question.symbol]?.isAsked = false
        states[question.symbol]?.notBefore = now.milliseconds + settings.failureMilliseconds
    }

    /// The exchange gives no candles of this market, and never will. Of one that is gone the question's minutes
    /// are told as unprovable; `ours` is what we have of them. Of another one the question comes again: it may
    /// be delisted, and we have not heard of it yet.
    package mutating func refused(
        _ question: Question, ours: TradeFigures, _ now: ProofClock
    ) -> ReconciledRange? {
        guard var state = states[question.symbol], state.isAsked, state.from == question.interval.lowerBound
        else { return nil }
        guard state.endsAt != nil else {
            noAnswer(question, now)
            return nil
        }
        state.isAsked = false
        state.from = question.interval.upperBound
        keep(state, question.symbol)
        return ReconciledRange(
            question.symbol, .candle, question.interval, .unprovable, ours: ours, exchange: .zero)
    }

    /// Takes the minutes of a question, all of them and in order. `isLost` says whether unfillable gaps
    /// explain what is missing in an interval, `isDisputed` that it is being repaired already.
    package mutating func answer(
        _ question: Question, _ page: CandlePage, _ now: ProofClock,
        isLost: (Range<Instant>, Shortfall) -> Bool, isDisputed: (Range<Instant>) -> Bool = { _ in false }
    ) -> Answer {
        var answer = Answer()
        guard var state = states[question.symbol], state.isAsked, state.from == question.interval.lowerBound
        else { return answer }
        state.isAsked = false
        let symbol = question.symbol
        let verdicts = CandleVerdict.judge(
            page, of: symbol, carry: state.carry, isBeginning: state.isBeginning)
        verdicts: for verdict in verdicts {
            var isBeginning = false
            switch verdict {
            case .equal(let minute):
                let isEmpty = minute.trades == 0 && minute.exchange == nil
                answer.ranges.append(verdict.range(symbol, isEmpty ? .provenEmpty : .proven))
                state.carry = .zero
            case .boundary:
                answer.ranges.append(verdict.range(symbol, .boundary))
                state.carry = .zero
            case .undecided(let run):
                // Nobody asks for the minute behind the last one of a market that is gone.
                let isLast = state.endsAt == verdict.interval.upperBound
                guard run.count >= Self.runMinutesMax || isLast else { break verdicts }
                answer.ranges.append(verdict.range(symbol, .boundary))
                state.carry = state.carry + verdict.carry
            case .different:
                isBeginning = true
                if isLost(verdict.interval, verdict.shortfall(symbol)) {
                    answer.ranges.append(verdict.range(symbol, .unprovable))
                } else if let since = state.suspectAt, !isDisputed(verdict.interval),
                    now.milliseconds >= since + settings.secondLookMilliseconds
                {
                    answer.disputes.append(verdict.range(symbol, .different))
                } else {
                    state.suspectAt = state.suspectAt ?? now.milliseconds
                    state.notBefore = now.milliseconds + settings.secondLookMilliseconds
                    break verdicts
                }
                state.carry = .zero
            }
            state.from = verdict.interval.upperBound
            state.suspectAt = nil
            state.isBeginning = isBeginning
        }
        keep(state, symbol)
        return answer
    }
}
