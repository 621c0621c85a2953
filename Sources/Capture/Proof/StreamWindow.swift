import Market
import Storage

/// The time between two tickers of one UTC day, and all tickers known between them.
package struct StreamWindow: Hashable, Sendable {
    package let symbol: Symbol
    package let first: StreamMark
    /// Ascending, the last is the window's end; never empty.
    package let marks: [StreamMark]

    /// Nil without a mark behind the first.
    package init?(_ symbol: Symbol, from first: StreamMark, _ marks: [StreamMark]) {
        guard let last = marks.last, last.time > first.time else { return nil }
        self.symbol = symbol
        self.first = first
        self.marks = marks
        self.last = last
    }

    package let last: StreamMark

    /// What the exchange counts between the two named trades, the last one included.
    package var exchange: TradeFigures { last.sums - first.sums }

    /// Behind the first named trade's millisecond to the end of the last one's.
    package var interval: Range<Instant> {
        first.time.adding(milliseconds: 1)..<last.time.adding(milliseconds: 1)
    }

    var tolerance: ProofTolerance { Self.tolerance(first, last, symbol) }

    private static func tolerance(_ first: StreamMark, _ last: StreamMark, _ symbol: Symbol) -> ProofTolerance
    {
        ProofTolerance(first.sums, quote: symbol.quote) + ProofTolerance(last.sums, quote: symbol.quote)
    }
}

extension StreamWindow {
    /// Our trades of a window: single ones in the milliseconds of the named trades, sums between.
    package struct Stored: Hashable, Sendable {
        package var between: TradeFigures
        /// By id.
        package var atFirst: [Trade]
        package var atLast: [Trade]

        package init(between: TradeFigures = .zero, atFirst: [Trade] = [], atLast: [Trade] = []) {
            self.between = between
            self.atFirst = atFirst
            self.atLast = atLast
        }
    }

    package enum Finding: Hashable, Sendable {
        case equal(ours: TradeFigures)
        case different(ours: TradeFigures)
    }

    /// Cuts of one millisecond that are tried.
    private static let cutsMax = 16

    /// Compares. Of several trades in a millisecond that could be the named one, a pair must fit.
    package func compare(_ stored: Stored) -> Finding {
        let theirs = exchange
        let tolerance = tolerance
        let named = TradeFigures(price: last.price, volume: last.volume)
        var (closest, isClosest): (TradeFigures?, Bool) = (nil, false)
        for start in Self.cuts(first, stored.atFirst) {
            let head = Self.sum(stored.atFirst[start...]) + stored.between
            for end in Self.cuts(last, stored.atLast) {
                let ours = head + Self.sum(stored.atLast[..<end])
                if tolerance.covers(ours - theirs) { return .equal(ours: ours) }
                // The named trade may be the one that is missing.
                let isNamedMissing = tolerance.covers(theirs - ours - named)
                if closest == nil || (isNamedMissing && !isClosest) {
                    (closest, isClosest) = (ours, isNamedMissing)
                }
            }
        }
        return .different(ours: closest ?? stored.between)
    }

    /// Behind which of the trades the sums may end: anywhere, when the named one is not there.
    private static func cuts(_ mark: StreamMark, _ trades: [Trade]) -> [Int] {
        let named = trades.indices.filter { mark.names(trades[$0]) }.map { $0 + 1 }
        return Array((named.isEmpty ? Array((0...trades.count).reversed()) : named).prefix(cutsMax))
    }

    private static func sum(_ trades: some Sequence<Trade>) -> TradeFigures {
        trades.reduce(into: .zero) { $0 += TradeFigures($1) }
    }
}

extension StreamWindow {
    /// Another look with all of our trades from the first mark's millisecond to the last one's.
    package func look(_ trades: [Trade]) -> Dispute.Look {
        var stored = Stored()
        for trade in trades {
            if trade.time == first.time {
                stored.atFirst.append(trade)
            } else if trade.time == last.time {
                stored.atLast.append(trade)
            } else {
                stored.between += TradeFigures(trade)
            }
        }
        switch compare(stored) {
        case .equal(let ours): return .equal(ours: ours, exchange: exchange)
        case .different(let ours):
            let missing = places(trades).filter { $0.missing.volume > .zero }
            return .different(ours: ours, exchange: exchange, places: missing)
        }
    }

    /// A time within which our trades and the exchange's sums part.
    package struct Place: Hashable, Sendable {
        package var interval: Range<Instant>
        /// What the exchange counts more than we have; below zero when we have more.
        package var missing: TradeFigures

        package init(interval: Range<Instant>, missing: TradeFigures) {
            self.interval = interval
            self.missing = missing
        }
    }

    /// Lays every ticker beside our trades (by time and id, from the first mark's millisecond to the last
    /// one's), and finds where the difference changes.
    package func places(_ trades: [Trade]) -> [Place] {
        var places: [Place] = []
        var at = trades.firstIndex { $0.time > first.time } ?? trades.count
        if let named = trades[..<at].firstIndex(where: { first.names($0) }) { at = named + 1 }
        var ours = TradeFigures.zero
        var before = (mark: first, excess: TradeFigures.zero)
        for mark in marks {
            let (end, isNamed) = Self.cut(mark, trades, from: at)
            ours += Self.sum(trades[at..<end])
            at = end
            let excess = mark.sums - first.sums - ours
            let missing = excess - before.excess
            if !Self.tolerance(before.mark, mark, symbol).covers(missing) {
                // One ticker a trade: the one it names is the one that is not there.
                let named = TradeFigures(price: mark.price, volume: mark.volume)
                let isExact = !isNamed && Self.tolerance(before.mark, mark, symbol).covers(missing - named)
                let from = isExact ? mark.time : before.mark.time
                places.append(Place(interval: from..<mark.time.adding(milliseconds: 1), missing: missing))
            }
            before = (mark, excess)
        }
        return cancelled(places)
    }

    /// The end of our trades up to the named one, not before `from`; and whether it is there.
    private static func cut(_ mark: StreamMark, _ trades: [Trade], from: Int) -> (Int, isNamed: Bool) {
        var at = from
        while at < trades.count, trades[at].time < mark.time { at += 1 }
        let start = at
        while at < trades.count, trades[at].time == mark.time {
            if mark.names(trades[at]) { return (at + 1, true) }
            at += 1
        }
        return (start, false)
    }

    /// Tickers and trades of one moment in another order part and join again: that is no place.
    private func cancelled(_ places: [Place]) -> [Place] {
        var kept: [Place] = []
        for place in places {
            if let last = kept.last, tolerance.covers(last.missing + place.missing) {
                kept.removeLast()
            } else {
                kept.append(place)
            }
        }
        return kept
    }
}
