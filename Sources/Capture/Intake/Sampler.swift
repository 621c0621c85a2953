import Market
import Storage

/// Which tickers and order books are stored: of each market the first one in each interval of receive time
/// that differs from the one stored last.
///
/// Markets' intervals begin at different times, so that never all of them are written at once, with trades
/// behind them.
package struct Sampler: Sendable {
    private struct Held<Value: Sendable>: Sendable {
        var bucket: Int64
        var value: Value
    }

    private struct Best: Sendable {
        var bid: Decimal8?
        var ask: Decimal8?
    }

    private let tickerMicroseconds: Int64
    private let bookMicroseconds: Int64
    private let depth: Int
    private var tickers: [Held<Ticker>?] = []
    private var books: [Held<OrderBook>?] = []
    private var best: [Best] = []

    package init(_ settings: IntakeSettings) {
        tickerMicroseconds = Int64(settings.tickerMilliseconds) * 1_000
        bookMicroseconds = Int64(settings.orderBookMilliseconds) * 1_000
        depth = settings.orderBookLevels
    }

    package mutating func removeAll() {
        tickers = []
        books = []
        best = []
    }

    /// The row to store, with the best prices of the market's newest order book.
    package mutating func take(_ ticker: borrowing Ticker, market: Int32) -> TickerRow? {
        let index = Int(market)
        makeRoom(index)
        let bucket = Self.bucket(ticker.receivedAt, tickerMicroseconds, market)
        if let held = tickers[index] {
            guard held.bucket != bucket, Self.differ(held.value, ticker) else { return nil }
        }
        tickers[index] = Held(bucket: bucket, value: copy ticker)
        return TickerRow(copy ticker, bidPrice: best[index].bid, askPrice: best[index].ask)
    }

    /// The book to store, cut to the depth that is kept.
    package mutating func take(_ book: borrowing OrderBook, market: Int32) -> OrderBook? {
        let index = Int(market)
        makeRoom(index)
        best[index] = Best(bid: book.bids.best?.price, ask: book.asks.best?.price)
        let bucket = Self.bucket(book.receivedAt, bookMicroseconds, market)
        if let held = books[index], held.bucket == bucket { return nil }
        var kept = copy book
        kept.asks.truncate(to: depth)
        kept.bids.truncate(to: depth)
        if let held = books[index], !Self.differ(held.value, kept) { return nil }
        books[index] = Held(bucket: bucket, value: kept)
        return kept
    }

    private mutating func makeRoom(_ index: Int) {
        while tickers.count <= index {
            tickers.append(nil)
            books.append(nil)
            best.append(Best())
        }
    }

    private static func bucket(_ time: Instant, _ length: Int64, _ market: Int32) -> Int64 {
        guard length > 0 else { return time.microseconds }
        // Multiples of the golden ratio lie evenly, however many there are.
        let part = UInt32(truncatingIfNeeded: market) &* 0x9E37_79B9
        let later = (Int128(part) * Int128(length)) >> 32
        return (time.microseconds + Int64(later)) / length
    }

    /// In what they say, not in when.
    private static func differ(_ left: Ticker, _ right: borrowing Ticker) -> Bool {
        var other = copy right
        other.time = left.time
        other.receivedAt = left.receivedAt
        other.streamType = left.streamType
        return left != other
    }

    private static func differ(_ left: OrderBook, _ right: OrderBook) -> Bool {
        left.asks != right.asks || left.bids != right.bids || left.totalAskVolume != right.totalAskVolume
            || left.totalBidVolume != right.totalBidVolume || left.level != right.level
    }
}
