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

    static func tolerance(_ first: StreamMark, _ last: StreamMark, _ symbol: Symbol) -> ProofTolerance {
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
        let sums = sums(stored)
        if let equal = sums.first(where: { tolerance.covers($0 - theirs) }) { return .equal(ours: equal) }
        // The named trade may be the one that is missing. Otherwise what lacks least.
        let named = TradeFigures(price: last.price, volume: last.volume)
        let isNamedMissing = sums.first { tolerance.covers(theirs - $0 - named) }
        let nearest = sums.filter { $0.volume < theirs.volume }.max { $0.volume < $1.volume }
        return .different(ours: isNamedMissing ?? nearest ?? sums.first ?? stored.between)
    }

    /// What our trades between the two named ones may come to: one sum, unless it is not clear which of
    /// several trades in a millisecond is the named one. Never empty.
    package func sums(_ stored: Stored) -> [TradeFigures] {
        let ends = Self.cuts(last, stored.atLast).map { Self.sum(stored.atLast[..<$0]) }
        return Self.cuts(first, stored.atFirst).flatMap { start in
            let head = Self.sum(stored.atFirst[start...]) + stored.between
            return ends.map { head + $0 }
        }
    }

    /// Behind which of the trades the sums may end: anywhere, when the named one is not there.
    static func cuts(_ mark: StreamMark, _ trades: [Trade]) -> [Int] {
        let named = trades.indices.filter { mark.names(trades[$0]) }.map { $0 + 1 }
        return Array((named.isEmpty ? Array((0...trades.count).reversed()) : named).prefix(cutsMax))
    }

    static func sum(_ trades: some Sequence<Trade>) -> TradeFigures {
        trades.reduce(into: .zero) { $0 += TradeFigures($1) }
    }
}
