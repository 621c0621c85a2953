/// A candle of the socket as trades come in: what has changed is sent once a second at most.
struct LiveCandle: Sendable {
    /// Finished candles whose last state has not been sent. One a second is sent, and at most one a
    /// second is finished; beyond the bound the oldest is given up.
    static let finishedMax = 4

    private let unit: CandleUnit
    private(set) var current: CandleFigures?
    private var isChanged = false
    private var finished: [CandleFigures] = []

    /// Continues the newest candle that exists, if there is one.
    init(_ unit: CandleUnit, newest: CandleFigures?) {
        self.unit = unit
        current = newest
    }

    /// `milliseconds` is the time that puts it into a candle.
    mutating func add(_ trade: ModelTrade, at milliseconds: Int64) {
        let start = unit.start(of: milliseconds)
        var summary = TradeSummary()
        if let current, current.start == start {
            summary = current.summary
        } else if let current, isChanged {
            if finished.count == Self.finishedMax { finished.removeFirst() }
            finished.append(current)
        }
        summary.add(trade)
        current = CandleFigures(start: start, summary: summary)
        isChanged = true
    }

    /// What to send at a second's end: the oldest change, or nothing.
    mutating func takeChange() -> CandleFigures? {
        if !finished.isEmpty { return finished.removeFirst() }
        guard isChanged else { return nil }
        isChanged = false
        return current
    }
}
