import Market
import Storage

/// Our trades of an interval beside those that the exchange's REST side gives.
package struct TradeComparison: Hashable, Sendable {
    /// REST has them, we have not.
    package var missing: [Trade] = []
    /// We have another price, volume or side under the key; these are REST's.
    package private(set) var changed: [Trade] = []
    /// We have them, REST has not.
    package var extra: [Trade] = []
    /// What each changed row comes to at REST, less what it comes to here.
    private var corrections: [TradeFigures] = []

    private struct Key: Hashable {
        var time: Instant
        var id: Int64

        init(_ trade: Trade) {
            time = trade.time
            id = trade.sequentialID
        }
    }

    /// Both of one market and of the same interval.
    package init(ours: [Trade], rest: [Trade]) {
        var stored: [Key: Trade] = [:]
        for trade in ours { stored[Key(trade)] = trade }
        var seen: Set<Key> = []
        for trade in rest where seen.insert(Key(trade)).inserted {
            guard let own = stored.removeValue(forKey: Key(trade)) else {
                missing.append(trade)
                continue
            }
            if own.price != trade.price || own.volume != trade.volume || own.side != trade.side {
                changed.append(trade)
                corrections.append(TradeFigures(trade) - TradeFigures(own))
            }
        }
        extra = stored.values.sorted { ($0.time, $0.sequentialID) < ($1.time, $1.sequentialID) }
    }

    /// What the changed rows come to at REST, less what they come to here: all, or those of a time.
    package var correction: TradeFigures { corrections.reduce(into: .zero) { $0 += $1 } }

    package func correction(within interval: Range<Instant>) -> TradeFigures {
        zip(changed, corrections).reduce(into: .zero) { sum, row in
            if interval.contains(row.0.time) { sum += row.1 }
        }
    }

    /// As it is when the changed rows are written.
    package var corrected: TradeComparison {
        var corrected = self
        (corrected.changed, corrected.corrections) = ([], [])
        return corrected
    }

    package var isEqual: Bool { missing.isEmpty && changed.isEmpty && extra.isEmpty }
}
