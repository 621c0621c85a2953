import Market

/// A market's price steps through time, in counts of 10⁻⁸: the exchange's table at each date, and what a
/// fault changed.
struct TickSteps: Sendable {
    private struct Era: Sendable {
        let fromMinute: Int64
        let floors: [Int64]
        let ticks: [Int64]
    }

    // The newest first.
    private let eras: [Era]

    /// `changes` multiply the table's steps from a minute on.
    init(symbol: Symbol, changes: [TickChange] = []) {
        let reforms = [TickTable.wonFinerAt, TickTable.dollarCoinsInWonAt, TickTable.wonReformAt]
        let starts = reforms.map { $0.seconds / 60 } + changes.map(\.fromMinute)
        eras = ([Int64.min] + starts.sorted()).map { start in
            let minute = max(0, start)
            let table = TickTable.table(
                for: symbol, at: Instant.epoch.adding(seconds: minute * 60))
            let multiple = changes.last { $0.fromMinute <= start }?.multiple ?? 1
            return Era(
                fromMinute: start, floors: table.bands.map { Int64(clamping: $0.from.unscaled) },
                ticks: table.bands.map { Int64(clamping: $0.tick.unscaled) * multiple })
        }.reversed()
    }

    /// The step at `price`.
    func tick(at price: Int64, minute: Int64) -> Int64 {
        for era in eras where era.fromMinute <= minute {
            for (index, floor) in era.floors.enumerated() where price >= floor { return era.ticks[index] }
        }
        return 1
    }

    /// The next permitted price above.
    func up(_ price: Int64, minute: Int64) -> Int64 {
        price + tick(at: price, minute: minute)
    }

    /// The next permitted price below; zero or less when there is none.
    func down(_ price: Int64, minute: Int64) -> Int64 {
        price - tick(at: price - 1, minute: minute)
    }

    /// A price near `price`, and a step, so that the price plus a pattern's steps are all permitted.
    func base(near price: Int64, minute: Int64) -> (price: Int64, tick: Int64) {
        // Where the highest step reaches the next band, the larger step of that band is used, of which
        // the smaller one is a part.
        let reach = price + Int64(TradePattern.stepHighest) * tick(at: price, minute: minute)
        let tick = tick(at: reach, minute: minute)
        let lowest = Int64(1 - TradePattern.stepLowest) * tick
        return (max(lowest, price / tick * tick), tick)
    }
}

/// From a minute on, prices move in steps that are `multiple` times those of the exchange's table.
package struct TickChange: Sendable, Equatable {
    package let fromMinute: Int64
    package let multiple: Int64

    package init(fromMinute: Int64, multiple: Int64) {
        self.fromMinute = fromMinute
        self.multiple = multiple
    }
}
