import Market
import Storage

/// What a run of frames became: rows, and how far the journal is read with them.
package struct PreparedBatch: Sendable {
    /// Entries of a batch with their content; further ones are counted only.
    package static let asideMax = 100

    package var market = MarketBatch()
    /// The number of the last frame in here: the position once it is committed.
    package var position: UInt64 = 0
    package var frames = 0
    package var bytes = 0
    /// Copies of trades that were seen before.
    package var copies = 0
    /// When the newest frame in it was received, by the monotonic clock.
    package var newestNanoseconds = Int64.min
    package var newestReceivedAt = Instant.epoch
    /// Every frame that this process received before this moment of the monotonic clock is in this batch or an
    /// earlier one. Nil when the last frame is of an earlier process, whose clock may be another.
    package var throughNanoseconds: Int64?
    /// What goes into quarantine when the batch is committed.
    package var aside: [QuarantineEntry] = []
    package var asideUncounted: [QuarantineReason: Int] = [:]
    /// Times whose frames are gone.
    package var holes: [CaptureHole] = []

    package init() {}

    package var isEmpty: Bool { frames == 0 }
    package var rowCount: Int { market.rowCount }

    package mutating func putAside(_ entry: @autoclosure () -> QuarantineEntry, _ reason: QuarantineReason) {
        if aside.count < Self.asideMax {
            aside.append(entry())
        } else {
            asideUncounted[reason, default: 0] += 1
        }
    }

    /// Adds what came after.
    package mutating func append(_ later: consuming PreparedBatch) {
        if isEmpty {
            self = later
            return
        }
        market.trades.append(contentsOf: later.market.trades)
        market.tickers.append(contentsOf: later.market.tickers)
        market.orderBooks.append(contentsOf: later.market.orderBooks)
        position = later.position
        frames += later.frames
        bytes += later.bytes
        copies += later.copies
        newestNanoseconds = max(newestNanoseconds, later.newestNanoseconds)
        newestReceivedAt = later.newestReceivedAt
        throughNanoseconds = later.throughNanoseconds
        holes.append(contentsOf: later.holes)
        let room = max(0, Self.asideMax - aside.count)
        aside.append(contentsOf: later.aside.prefix(room))
        for entry in later.aside.dropFirst(room) { asideUncounted[entry.reason, default: 0] += 1 }
        asideUncounted.merge(later.asideUncounted, uniquingKeysWith: +)
    }

    /// The rows with these numbers: trades first, then tickers, then order books.
    package func rows(_ range: Range<Int>) -> MarketBatch {
        if range == 0..<rowCount { return market }
        let tickersStart = market.trades.count
        let booksStart = tickersStart + market.tickers.count
        func part<Row>(_ rows: [Row], _ start: Int) -> [Row] {
            Array(rows[range.clamped(to: start..<(start + rows.count)).shifted(by: -start)])
        }
        return MarketBatch(
            trades: part(market.trades, 0), tickers: part(market.tickers, tickersStart),
            orderBooks: part(market.orderBooks, booksStart))
    }
}

extension Range<Int> {
    fileprivate func shifted(by offset: Int) -> Range<Int> { (lowerBound + offset)..<(upperBound + offset) }
}
