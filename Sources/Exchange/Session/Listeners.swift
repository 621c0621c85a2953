import Market

/// Which connections want what of one market.
struct Listeners: Sendable {
    struct Book: Sendable, Hashable {
        /// Nil without a suffix to the code.
        let askedDepth: Int?
        let level: Int64

        var depth: Int { askedDepth ?? BookSide.levelsMax }
        /// Orders those who asked for all levels by name behind those who got them anyway.
        var asked: Int { askedDepth ?? 0 }
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
