import Database
import Market
import Storage
import TestKit

/// Random batches that a seed reproduces: recent trades, late ones, some twice, books, tickers, candles.
struct RandomWrites {
    var samples: Samples
    private let now: Instant
    private var stored: [Trade] = []

    init(seed: UInt64, now: Instant) throws {
        samples = try Samples(seed: seed, now: now)
        self.now = now
    }

    /// What must be there before anything else.
    func listMarkets(on blocking: BlockingConnection) throws {
        for symbol in samples.symbols {
            try blocking.query(
                """
                INSERT INTO market.markets (symbol, quote, base, state, valid_from)
                VALUES ($1, split_part($1, '-', 1), split_part($1, '-', 2), 'ACTIVE', '2020-01-01 00:00+00')
                """, [.text(symbol.description)])
        }
    }

    /// By a writer that was just started, as after a restart.
    mutating func commitBatch(on blocking: BlockingConnection) throws {
        var writer = try MarketWriter(blocking)
        var candles = try CandleWriter(blocking)
        for _ in 0..<Int.random(in: 1...3, using: &samples.random) {
            let late = samples.trades(10, secondsBack: 8 * 86_400 - 60)
            let again = stored.shuffled(using: &samples.random).prefix(5)
            let batch = MarketBatch(
                trades: samples.trades(120, secondsBack: 7_200) + late + again,
                tickers: (0..<5).map { _ in TickerRow(samples.ticker()) },
                orderBooks: (0..<20).map { _ in samples.orderBook() })
            stored += try writer.commit(batch, now: now).accepted.trades
            let made = (0..<60).map { index in
                samples.candle(Timeframe.allCases[index % Timeframe.allCases.count], back: 30)
            }
            try candles.ensureParts(made, on: blocking)
            try blocking.transaction { try candles.upsert(made, on: $0) }
        }
    }
}
