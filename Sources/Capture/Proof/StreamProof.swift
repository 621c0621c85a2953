import Market
import Storage

/// Proves the stored trades by the sums in ticker messages, window after window, market by market. Pure.
///
/// Tickers come in as they are decoded. What is to be compared is asked for with `questions`, and the answer
/// from the database goes into `answer`.
package struct StreamProof: Sendable {
    package struct Settings: Sendable {
        /// A window is at least so long.
        package var windowMilliseconds: Int64 = 15_000
        /// Trades may come so much later than the ticker that counts them.
        package var settleMilliseconds: Int64 = 5_000
        /// Marks of one market; beyond, every second is forgotten, and of those that follow as many.
        package var marksMax = 4_096
        /// Marks of all markets; beyond, no market keeps more than an even share.
        package var marksTotalMax = 65_536

        package init() {}
    }

    /// A window grows while a gap is open in it. One that differs is halved until it is at most as long as so many
    /// of the usual length: all of its trades are laid beside the exchange's.
    private static let disputedWindows: Int64 = 2

    package struct Question: Hashable, Sendable {
        package var window: StreamWindow
        fileprivate var end: Int
    }

    package enum Verdict: Hashable, Sendable {
        case range(ReconciledRange)
        /// Different at the second look as well: to be repaired.
        case disputed(StreamWindow, ours: TradeFigures)
    }

    private let settings: Settings
    private var chains: [Symbol: StreamChain] = [:]
    private var marksCount = 0

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Ticker marks that are kept now, and markets of which any were heard.
    package var keptMarks: Int { marksCount }
    package var marketsCount: Int { chains.count }

    /// Takes a ticker as it was received; `milliseconds` is the monotonic time of that.
    package mutating func take(_ ticker: Ticker, at milliseconds: Int64) {
        guard let mark = StreamMark(ticker) else { return }
        guard var chain = chains[ticker.symbol] else {
            chains[ticker.symbol] = StreamChain(mark, at: milliseconds)
            return
        }
        // The chain is changed in place: a copy would copy its marks.
        chains[ticker.symbol] = nil
        let before = chain.marks.count
        chain.isEnding = false
        chain.add(mark, at: milliseconds, marksMax: marksMax)
        if case .collecting = chain.phase, let last = chain.marks.indices.last,
            milliseconds - chain.firstAt >= settings.windowMilliseconds,
            chain.marks[last].time > chain.first.time
        {
            chain.phase = .settling(end: last, dueMilliseconds: milliseconds + settings.settleMilliseconds)
        }
        marksCount += chain.marks.count - before
        chains[ticker.symbol] = chain
    }

    private var marksMax: Int {
        guard marksCount >= settings.marksTotalMax else { return settings.marksMax }
        return max(2, min(settings.marksMax, settings.marksTotalMax / max(1, chains.count)))
    }

    /// The windows that may be compared now. `committedMilliseconds` is the receive time (monotonic) of the
    /// newest frame up to which everything is committed; `isHeld` says that a gap of the market is open in
    /// the interval. Windows beyond `most` wait and grow.
    package mutating func questions(
        now: Int64, committedMilliseconds: Int64, most: Int = .max,
        isHeld: (Symbol, Range<Instant>) -> Bool
    ) -> [Question] {
        var questions: [Question] = []
        for (symbol, chain) in chains where questions.count < most {
            guard case .settling(let end, let due) = chain.phase, now >= due, committedMilliseconds >= due
            else { continue }
            guard let window = StreamWindow(symbol, from: chain.first, Array(chain.marks[...end])) else {
                chains[symbol]?.phase = .collecting
                if chain.isEnding { forget(symbol) }
                continue
            }
            if isHeld(symbol, window.interval) { continue }
            chains[symbol]?.phase = .asked(end: end)
            questions.append(Question(window: window, end: end))
        }
        return questions.sorted { $0.window.symbol < $1.window.symbol }
    }

    /// Takes the answer. `isLost` says that unfillable gaps explain what is missing: nothing can be repaired
    /// there. Nil while nothing is decided.
    package mutating func answer(
        _ question: Question, _ stored: StreamWindow.Stored, now: Int64, isLost: (Shortfall) -> Bool
    ) -> Verdict? {
        let symbol = question.window.symbol
        guard let chain = chains[symbol], chain.phase == .asked(end: question.end),
            chain.first == question.window.first
        else { return nil }
        let window = question.window
        switch window.compare(stored) {
        case .equal(let ours):
            advance(symbol, past: question.end, now)
            return .range(range(window, .proven, ours))
        case .different(let ours):
            let lost = window.sums(stored).first {
                isLost(Shortfall(ours: $0, exchange: window.exchange, tolerance: window.tolerance))
            }
            if let lost {
                advance(symbol, past: question.end, now)
                return .range(range(window, .unprovable, lost))
            }
            if chain.looks == 0 {
                lookAgain(symbol, now)
                return nil
            }
            let longest = Self.disputedWindows * settings.windowMilliseconds
            if chains[symbol]?.halve(until: question.end, longerThan: longest) ?? false {
                return nil
            }
            advance(symbol, past: question.end, now)
            return .disputed(window, ours: ours)
        }
    }

    /// The database gave no answer: the question comes again.
    package mutating func noAnswer(_ question: Question, now: Int64) {
        guard chains[question.window.symbol]?.phase == .asked(end: question.end) else { return }
        chains[question.window.symbol]?.phase = .settling(
            end: question.end, dueMilliseconds: now + settings.settleMilliseconds)
    }

    /// The market is gone: what its tickers told is compared without waiting for more, then it is forgotten.
    package mutating func end(_ symbol: Symbol, now: Int64) {
        guard chains[symbol] != nil else { return }
        chains[symbol]?.isEnding = true
        if chains[symbol]?.phase == .collecting { goOn(symbol, now) }
    }

    /// The next window of a market that is gone, or nothing.
    private mutating func goOn(_ symbol: Symbol, _ now: Int64) {
        guard let chain = chains[symbol], chain.isEnding else { return }
        guard let last = chain.marks.indices.last else { return forget(symbol) }
        chains[symbol]?.phase = .settling(end: last, dueMilliseconds: now + settings.settleMilliseconds)
    }

    private mutating func forget(_ symbol: Symbol) {
        marksCount -= chains[symbol]?.marks.count ?? 0
        chains[symbol] = nil
    }

    /// A longer window, up to the newest ticker.
    private mutating func lookAgain(_ symbol: Symbol, _ now: Int64) {
        guard let last = chains[symbol]?.marks.indices.last else { return }
        chains[symbol]?.looks = 1
        chains[symbol]?.phase = .settling(end: last, dueMilliseconds: now + settings.settleMilliseconds)
    }

    private mutating func advance(_ symbol: Symbol, past end: Int, _ now: Int64) {
        chains[symbol]?.advance(past: end, at: now)
        marksCount -= end + 1
        goOn(symbol, now)
    }

    private func range(
        _ window: StreamWindow, _ status: ProofStatus, _ ours: TradeFigures
    ) -> ReconciledRange {
        ReconciledRange(
            window.symbol, .ticker, window.interval, status, ours: ours, exchange: window.exchange)
    }
}
