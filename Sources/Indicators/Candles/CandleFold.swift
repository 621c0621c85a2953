import Market

/// Sums up trades into candles of several timeframes in one pass: each trade is added to the smallest
/// timeframe only, and larger candles are made of smaller ones.
package struct CandleFold {
    package struct Key: Hashable, Sendable {
        package var symbol: Symbol
        package var start: Instant

        package init(symbol: Symbol, start: Instant) {
            self.symbol = symbol
            self.start = start
        }
    }

    /// Ascending; the first one composes all others.
    package let timeframes: [Timeframe]
    private let smallest: Timeframe
    private var places: [Key: Int] = [:]
    /// The sums of the smallest timeframe, in the order in which their first trades came.
    package private(set) var keys: [Key] = []
    package private(set) var sums: [CandleSums] = []
    // Trades of one market and interval come together.
    private var last: Key?
    private var lastEnd = Instant.epoch
    private var lastPlace = 0

    package init(_ timeframes: [Timeframe]) throws(IndicatorsError) {
        self.timeframes = Set(timeframes).sorted()
        guard let smallest = self.timeframes.first,
            self.timeframes.dropFirst().allSatisfy({ $0.isComposed(of: smallest) })
        else {
            let names = timeframes.map(\.rawValue).joined(separator: ", ")
            throw IndicatorsError(
                .badSeries, "the smallest of the timeframes `\(names)` does not compose all others",
                remedy: "Name 1m or 1s among them")
        }
        self.smallest = smallest
    }

    package mutating func add(_ trade: Trade) throws(IndicatorsError) {
        if let last, trade.symbol == last.symbol, trade.time < lastEnd, trade.time >= last.start {
            return try sums[lastPlace].add(trade)
        }
        let key = Key(symbol: trade.symbol, start: smallest.start(of: trade.time))
        if let place = places[key] {
            try sums[place].add(trade)
            lastPlace = place
        } else {
            let new = try CandleSums(trade)
            lastPlace = sums.count
            places[key] = lastPlace
            keys.append(key)
            sums.append(new)
        }
        last = key
        lastEnd = smallest.next(after: key.start)
    }

    package mutating func add(_ trades: some Sequence<Trade>) throws(IndicatorsError) {
        for trade in trades { try add(trade) }
    }

    /// Candles of one timeframe, by market and time.
    package struct Entry: Hashable, Sendable {
        package var key: Key
        package var sums: CandleSums

        package init(key: Key, sums: CandleSums) {
            self.key = key
            self.sums = sums
        }
    }

    /// The candles of each timeframe, all from those of the smallest, ordered by market and time. Neighbours
    /// are merged, so nothing is looked up.
    package func all() throws(IndicatorsError) -> [Timeframe: [Entry]] {
        var result: [Timeframe: [Entry]] = [:]
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        result[smallest] = order.map { Entry(key: keys[$0], sums: sums[$0]) }
        for (index, timeframe) in timeframes.enumerated().dropFirst() {
            // The largest that composes it, so that little is merged.
            let part = timeframes[..<index].last { timeframe.isComposed(of: $0) } ?? smallest
            var larger: [Entry] = []
            var end = Instant.epoch
            for entry in result[part] ?? [] {
                if let last = larger.last, last.key.symbol == entry.key.symbol, entry.key.start < end {
                    try larger[larger.count - 1].sums.merge(entry.sums)
                } else {
                    var open = entry
                    open.key.start = timeframe.start(of: entry.key.start)
                    end = timeframe.next(after: open.key.start)
                    larger.append(open)
                }
            }
            result[timeframe] = larger
        }
        return result
    }
}

extension CandleFold.Key: Comparable {
    package static func < (left: CandleFold.Key, right: CandleFold.Key) -> Bool {
        left.symbol == right.symbol ? left.start < right.start : left.symbol < right.symbol
    }
}
