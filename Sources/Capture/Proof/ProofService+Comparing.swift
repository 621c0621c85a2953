import Database
import Diagnostics
import Market
import Network
import Quotation
import Storage
import Upbit

/// Lays what is stored beside what the exchange says.
extension ProofService {
    func compare(_ questions: [StreamProof.Question]) async {
        defer {
            isAskingWindows = false
            questionsUnderWay -= questions.count
        }
        let windows = questions.map {
            TradeQueries.Window(
                symbol: $0.window.symbol, first: $0.window.first.time, last: $0.window.last.time)
        }
        let found: [TradeQueries.WindowTrades]
        do {
            found = try await database.withConnection { connection in
                try await TradeQueries.windows(windows, on: connection)
            }
        } catch {
            logger.debug("windows cannot be compared now: \(error)")
            let now = Monotonic.milliseconds()
            tap.with { proof in for question in questions { proof.noAnswer(question, now: now) } }
            return
        }
        let now = Monotonic.milliseconds()
        for (question, trades) in zip(questions, found) {
            let window = question.window
            let book = book
            let isLost: @Sendable (Shortfall) -> Bool = {
                book.explains(window.symbol, window.interval, $0)
            }
            let stored = StreamWindow.Stored(
                between: trades.between, atFirst: trades.atFirst, atLast: trades.atLast)
            switch tap.with({ $0.answer(question, stored, now: now, isLost: isLost) }) {
            case .range(let range):
                figures.windows += 1
                add(range)
            case .disputed(let window, let ours):
                figures.windows += 1
                let range = ReconciledRange(
                    window.symbol, .ticker, window.interval, .different, ours: ours, exchange: window.exchange
                )
                open(.stream(window), range)
            case nil: break
            }
        }
    }

    func compare(_ question: CandleProof.Question) async {
        do {
            figures.candleCalls += 1
            let page = try await page(question.symbol, question.interval)
            let book = book
            let disputes = disputes
            let answer = candles.answer(
                question, page, clock, isLost: { book.explains(question.symbol, $0, $1) },
                isDisputed: { disputes.isDisputed(question.symbol, $0) })
            for range in answer.ranges {
                figures.minutes += 1
                add(range)
            }
            for range in answer.disputes { open(.candle(range.interval), range) }
            closeWhenOver(question.symbol)
        } catch {
            logger.debug("candles cannot be compared now: \(error)")
            guard case .refused = RefillFailure(error), let ours = await stored(question) else {
                candles.noAnswer(question, clock)
                return
            }
            if let range = candles.refused(question, ours: ours, clock) { add(range) }
            closeWhenOver(question.symbol)
        }
    }

    /// Nothing follows the last minute of a market that is gone.
    private func closeWhenOver(_ symbol: Symbol) {
        if !candles.follows(symbol) { ranges.close(symbol, .candle) }
    }

    /// What our trades of the asked minutes come to; nil when the database does not tell.
    private func stored(_ question: CandleProof.Question) async -> TradeFigures? {
        let minutes = try? await database.withConnection { connection in
            try await TradeQueries.minutes(
                question.symbol, question.interval, edgeMilliseconds: 0, on: connection)
        }
        return minutes?.reduce(into: TradeFigures.zero) { $0 += $1.figures }
    }

    /// Both sides of whole minutes, at most a page.
    func page(_ symbol: Symbol, _ interval: Range<Instant>) async throws -> CandlePage {
        let count = Int(interval.upperBound.microseconds(since: interval.lowerBound) / 60_000_000)
        let rows = try await quotation.candles(
            symbol, .minute1, before: interval.upperBound, count: min(count, Quotation.candlesMax),
            priority: .proof)
        let stored = try await database.withConnection { connection in
            try await TradeQueries.minutes(
                symbol, interval, edgeMilliseconds: CandleMinute.edgeMilliseconds, on: connection)
        }
        return CandleMinute.sides(interval, stored: stored, candles: rows.map(\.candle))
    }
}
