import Market

/// Which connections want what of one market.
struct Listeners: Sendable {
    struct Book: Sendable, Hashable {
        let depth: Int
        let level: Int64
    }

    var trades: [Int] = []
    var tickers: [Int] = []
    var books: [(session: Int, book: Book)] = []
    var candles: [(session: Int, timeframe: Timeframe)] = []

    mutating func remove(_ session: Int) {
        trades.removeAll { $0 == session }
        tickers.removeAll { $0 == session }
        books.removeAll { $0.session == session }
        candles.removeAll { $0.session == session }
    }
}
