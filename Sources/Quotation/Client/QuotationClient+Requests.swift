import Market
import Network
import Upbit

/// The requests by name, with what their answers hold.
extension QuotationClient {
    package func markets(priority: RatePriority = .refill) async throws -> [MarketListing] {
        let answer = try await answer(requests.markets(), priority: priority)
        return try answer.body.withUnsafeBytes { try RESTDecoder().markets($0) }
    }

    /// Newest first; `end` is exclusive.
    package func candles(
        _ symbol: Symbol, _ timeframe: Timeframe, before end: Instant? = nil,
        count: Int = Upbit.Quotation.candlesMax, priority: RatePriority
    ) async throws -> [CandleRow] {
        let answer = try await answer(
            requests.candles(symbol, timeframe, before: end, count: count), priority: priority)
        return try answer.body.withUnsafeBytes {
            try RESTDecoder().candles($0, timeframe, receivedAt: answer.instant)
        }
    }

    /// Newest first; `end` is exclusive.
    package func yearCandles(
        _ symbol: Symbol, before end: Instant? = nil, count: Int = Upbit.Quotation.candlesMax,
        priority: RatePriority
    ) async throws -> [YearCandle] {
        let answer = try await answer(
            requests.yearCandles(symbol, before: end, count: count), priority: priority)
        return try answer.body.withUnsafeBytes {
            try RESTDecoder().yearCandles($0, receivedAt: answer.instant)
        }
    }

    /// Newest first, from the trade before `cursor` on.
    package func trades(
        _ symbol: Symbol, cursor: Int64? = nil, daysAgo: Int? = nil,
        count: Int = Upbit.Quotation.tradesMax, priority: RatePriority
    ) async throws -> [TradeRow] {
        let answer = try await answer(
            requests.trades(symbol, cursor: cursor, daysAgo: daysAgo, count: count), priority: priority)
        return try answer.body.withUnsafeBytes {
            try RESTDecoder().trades($0, receivedAt: answer.instant)
        }
    }

    package func tickers(_ symbols: [Symbol], priority: RatePriority = .refill) async throws -> [Ticker] {
        let answer = try await answer(requests.tickers(symbols), priority: priority)
        return try answer.body.withUnsafeBytes {
            try RESTDecoder().tickers($0, receivedAt: answer.instant)
        }
    }

    package func orderBooks(
        _ symbols: [Symbol], priority: RatePriority = .refill
    ) async throws -> [OrderBook] {
        let answer = try await answer(requests.orderBooks(symbols), priority: priority)
        return try answer.body.withUnsafeBytes {
            try RESTDecoder().orderBooks($0, receivedAt: answer.instant)
        }
    }

    package func instruments(
        _ symbols: [Symbol], priority: RatePriority = .refill
    ) async throws -> [Instrument] {
        let answer = try await answer(requests.instruments(symbols), priority: priority)
        return try answer.body.withUnsafeBytes { try RESTDecoder().instruments($0) }
    }
}

extension HTTPAnswer {
    fileprivate var instant: Instant { Instant(microseconds: receivedAt.unixMicroseconds) }
}
