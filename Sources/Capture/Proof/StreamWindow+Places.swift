import Market
import Storage

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
        if case .equal(let ours) = compare(stored) { return .equal(ours: ours, exchange: exchange) }
        let alignment = align(trades)
        let missing = alignment.places.filter { $0.missing.volume > .zero }
        return .different(ours: alignment.ours, exchange: exchange, places: missing)
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
    package func places(_ trades: [Trade]) -> [Place] { align(trades).places }

    private struct Alignment {
        var places: [Place] = []
        /// Places that are not the one trade that a ticker names.
        var inexact = 0
        /// Our trades from behind the first named one to the last one.
        var ours = TradeFigures.zero
    }

    /// Which of the first mark's millisecond lie behind its trade is not known when that is not ours: what
    /// leaves the fewest places is believed.
    private func align(_ trades: [Trade]) -> Alignment {
        let behind = trades.firstIndex { $0.time > first.time } ?? trades.count
        let alignments = Self.cuts(first, Array(trades[..<behind])).map { align(trades, from: $0) }
        return alignments.min { ($0.places.count, $0.inexact) < ($1.places.count, $1.inexact) } ?? Alignment()
    }

    private func align(_ trades: [Trade], from start: Int) -> Alignment {
        var result = Alignment()
        var at = start
        var before = (mark: first, excess: TradeFigures.zero)
        for mark in marks {
            let tolerance = Self.tolerance(before.mark, mark, symbol)
            let lacking = mark.sums - first.sums - result.ours - before.excess
            let cut = Self.cut(mark, trades, from: at, lacking: lacking, tolerance)
            // It names a trade that is not ours, and other ones are missing, too: the next ticker tells where.
            if cut.kind == .unclear, mark != last { continue }
            at = cut.end
            result.ours += cut.sum
            let missing = lacking - cut.sum
            if cut.kind != .equal {
                let from = cut.kind == .named ? mark.time : before.mark.time
                result.places.append(
                    Place(interval: from..<mark.time.adding(milliseconds: 1), missing: missing))
                result.inexact += cut.kind == .named ? 0 : 1
            }
            before = (mark, before.excess + missing)
        }
        result.places = cancelled(result.places)
        return result
    }

    private enum CutKind {
        /// Nothing is missing up to it.
        case equal
        /// The named trade is missing, and nothing else.
        case named
        /// The named trade is there, and others are missing or too many.
        case different
        /// The named trade is not there, and no cut of its millisecond fits.
        case unclear
    }

    /// Up to where our trades, from `from` on, belong to a mark, and what they come to. `lacking` is what they
    /// should.
    private static func cut(
        _ mark: StreamMark, _ trades: [Trade], from: Int, lacking: TradeFigures, _ tolerance: ProofTolerance
    ) -> (end: Int, sum: TradeFigures, kind: CutKind) {
        var start = from
        while start < trades.count, trades[start].time < mark.time { start += 1 }
        let atMark = Array(trades[start...].prefix { $0.time == mark.time })
        let before = sum(trades[from..<start])
        let candidates = cuts(mark, atMark).sorted().map { (start + $0, before + sum(atMark[..<$0])) }
        if let (end, sum) = candidates.first(where: { tolerance.covers(lacking - $0.1) }) {
            return (end, sum, .equal)
        }
        guard let (end, sum) = candidates.first else { return (start, before, .unclear) }
        if atMark.contains(where: { mark.names($0) }) { return (end, sum, .different) }
        // One ticker a trade: the one it names is the one that is not there.
        let named = TradeFigures(price: mark.price, volume: mark.volume)
        if let (end, sum) = candidates.first(where: { tolerance.covers(lacking - $0.1 - named) }) {
            return (end, sum, .named)
        }
        let nearest = candidates.last { $0.1.volume < lacking.volume } ?? (end, sum)
        return (nearest.0, nearest.1, .unclear)
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
