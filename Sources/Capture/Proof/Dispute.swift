import Market
import Storage

/// A difference that persists, on its way through at most three repairs. Pure.
package struct Dispute: Sendable {
    package enum Subject: Hashable, Sendable {
        case stream(StreamWindow)
        /// These minutes.
        case candle(Range<Instant>)

        var interval: Range<Instant> {
            switch self {
            case .stream(let window): window.interval
            case .candle(let interval): interval
            }
        }
    }

    /// What another look showed.
    package enum Look: Hashable, Sendable {
        case equal(ours: TradeFigures, exchange: TradeFigures)
        /// `places` are where trades are missing, as exactly as it is known; empty when we have too many.
        case different(ours: TradeFigures, exchange: TradeFigures, places: [StreamWindow.Place])
        /// The exchange does not give its figures: an unknown market.
        case refused
    }

    package enum Step: Hashable, Sendable {
        case refill
        case look
        /// Write REST's values over ours, then look.
        case correct([Trade])
        /// It is over: the row, the gaps to be told, and why somebody has to know, if so.
        case settle(ReconciledRange, [Gap], alarm: String?)
    }

    package static let repairsMax = 3

    package let subject: Subject
    private(set) package var range: ReconciledRange
    private(set) var dueMilliseconds: Int64
    private var comparison: TradeComparison?
    private var isCorrected = false
    /// What the repair before has found to be changed; and whether that was written though the sums did not fit.
    private var changedBefore: [Trade] = []
    private var isForced = false

    /// `range` is what was found: its figures and its place.
    package init(_ subject: Subject, _ range: ReconciledRange, dueMilliseconds: Int64) {
        self.subject = subject
        self.range = range
        self.range.status = .different
        self.dueMilliseconds = dueMilliseconds
    }

    /// A refill was finished; `comparison` is nil when the trades could not be laid side by side.
    package mutating func refilled(
        _ outcome: RefillOutcome, _ comparison: TradeComparison?
    ) -> Step {
        range.attempts += 1
        changedBefore = self.comparison?.changed ?? []
        self.comparison = outcome.unfillable == nil && !outcome.isGivenUp ? comparison : nil
        if outcome.unfillable != nil { return settle(.unprovable, outcome.gaps) }
        return .look
    }

    /// It was looked at again after a repair; `pause` is that before the next one.
    /// `isKnown` says that gaps which are told already are all that is missing.
    package mutating func looked(
        _ look: Look, pauseMilliseconds: Int64, now: Int64, isKnown: (Shortfall) -> Bool = { _ in false }
    ) -> Step {
        switch look {
        case .refused:
            let reason = "\(Gap.Reason.proof): the exchange refuses its figures"
            let gap = Gap(range.symbol, range.interval, reason: reason, status: .unfillable)
            return settle(.unprovable, range.exchange.volume > range.ours.volume ? [gap] : [])
        case .equal(let ours, let exchange):
            range.ours = ours
            range.exchange = exchange
            // An earlier run did not come to tell it.
            if range.attempts == 0 { return settle(exchange.isZero && ours.isZero ? .provenEmpty : .proven) }
            return settle(.repaired)
        case .different(let ours, let exchange, let places):
            range.ours = ours
            range.exchange = exchange
            // An earlier run has found it, and did not come to tell it.
            if range.attempts == 0, isKnown(shortfall) { return settle(.unprovable) }
            if let changed = correction(exchange) { return .correct(changed) }
            guard range.attempts >= Self.repairsMax else {
                dueMilliseconds = now + pauseMilliseconds
                return .refill
            }
            if let changed = lastCorrection() { return .correct(changed) }
            return last(places)
        }
    }

    /// REST's values would make our figures the exchange's, and rows differ in nothing else: ours are wrong.
    private mutating func correction(_ exchange: TradeFigures) -> [Trade]? {
        guard !isCorrected, let comparison, (1...Self.correctionsMax).contains(comparison.changed.count),
            comparison.extra.isEmpty, comparison.missing.isEmpty,
            tolerance.covers(range.ours + comparison.correction - exchange)
        else { return nil }
        isCorrected = true
        return comparison.changed
    }

    /// Rows are wrong and something else is, too: a trade that is lost, or a row of the neighbourhood. REST has
    /// said twice, minutes apart, what they are; what then is missing shows at the next look.
    private mutating func lastCorrection() -> [Trade]? {
        guard !isForced, let comparison, (1...Self.correctionsMax).contains(comparison.changed.count),
            comparison.extra.isEmpty, comparison.missing.isEmpty,
            comparison.changed.elementsEqual(changedBefore, by: Self.areSame)
        else { return nil }
        // Else the exchange contradicts itself.
        let excess = range.ours + comparison.correction(within: range.interval) - range.exchange
        guard excess.volume < .zero || tolerance.covers(excess) else { return nil }
        isForced = true
        self.comparison = comparison.corrected
        return comparison.changed
    }

    private static func areSame(_ left: Trade, _ right: Trade) -> Bool {
        left.time == right.time && left.sequentialID == right.sequentialID && left.price == right.price
            && left.volume == right.volume && left.side == right.side
    }

    /// The values could not be written: nothing is known of the rows now.
    mutating func correctionFailed() {
        comparison = nil
        (isCorrected, isForced) = (false, false)
    }

    /// What the exchange counts more than we have, as it was seen last.
    var shortfall: Shortfall { Shortfall(ours: range.ours, exchange: range.exchange, tolerance: tolerance) }

    private var tolerance: ProofTolerance {
        switch subject {
        case .stream(let window): window.tolerance
        case .candle: ProofTolerance(range.exchange, quote: range.symbol.quote)
        }
    }

    /// More wrong rows than that are not an accident: somebody has to look.
    package static let correctionsMax = 100

    private mutating func last(_ places: [StreamWindow.Place]) -> Step {
        // Both sides of the exchange are known, ours are REST's, and its figures count more: nobody has it.
        let isLost = range.exchange.volume > range.ours.volume && comparison?.isEqual == true
        guard isLost, !places.isEmpty else { return settle(.different, alarm: explanation) }
        let gaps = places.map { place in
            var gap = Gap(range.symbol, place.interval, reason: Gap.Reason.lost, status: .unfillable)
            gap.lost = place.missing
            return gap
        }
        return settle(.unprovable, gaps)
    }

    /// What is known of a difference that nothing explains.
    private var explanation: String {
        guard let comparison else { return "what REST has could not be laid beside it" }
        guard comparison.isEqual else {
            return "REST has \(comparison.missing.count) trades more, \(comparison.extra.count) less and "
                + "\(comparison.changed.count) with other values"
        }
        let counts = range.exchange.volume > range.ours.volume ? "more, nobody knows where" : "less"
        return "REST has the same trades, and the exchange counts \(counts)"
    }

    private mutating func settle(_ status: ProofStatus, _ gaps: [Gap] = [], alarm: String? = nil) -> Step {
        range.status = status
        return .settle(range, gaps, alarm: alarm)
    }
}
