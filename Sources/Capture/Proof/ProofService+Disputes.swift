import Database
import Diagnostics
import Market
import Network
import Storage

/// Performs what `DisputeBook` decides: repairs, other looks, and the end of each difference.
extension ProofService {
    /// Trades of one dispute that are laid side by side.
    private static let tradesMax = 100_000
    /// Minutes on either side of a dispute that another look takes in.
    private static let neighboursMinutes: Int64 = 2

    func open(_ subject: Dispute.Subject, _ range: ReconciledRange) {
        figures.disputes += 1
        logger.warning(
            "stored trades and the exchange's figures differ",
            [
                "market": "\(range.symbol)", "from": "\(range.interval.lowerBound)",
                "to": "\(range.interval.upperBound)", "method": range.method.rawValue,
                "ours": "\(range.ours.volume)", "exchange": "\(range.exchange.volume)",
            ])
        settle(disputes.open(subject, range, now: Monotonic.milliseconds()))
    }

    func perform(_ action: DisputeBook.Action, _ group: inout DiscardingTaskGroup) {
        switch action {
        case .refill(let request): group.addTask { await self.refill.request(request) }
        case .look(let id, let subject, let symbol):
            group.addTask { await self.look(id, subject, symbol) }
        case .correct(let id, let trades): group.addTask { await self.correct(id, trades) }
        case .settled: settle(action)
        }
    }

    func refilled(_ outcome: RefillOutcome) async {
        guard outcome.request.tag != 0 else { return }
        let request = outcome.request
        var comparison: TradeComparison?
        if let rest = outcome.trades, outcome.filled == request.interval {
            do {
                let ours = try await database.withConnection { connection in
                    try await TradeQueries.list(
                        request.symbol, request.interval, most: Self.tradesMax, on: connection)
                }
                comparison = ours.map { TradeComparison(ours: $0, rest: rest) }
            } catch {
                // Were it taken for a repair, the last one would end in an alarm that nothing justifies.
                logger.debug("a repair cannot be compared now: \(error)")
                return disputes.notRefilled(request.tag, now: Monotonic.milliseconds())
            }
        }
        settle(disputes.refilled(request.tag, outcome, comparison, now: Monotonic.milliseconds()))
    }

    private func look(_ id: Int, _ subject: Dispute.Subject, _ symbol: Symbol) async {
        var look: Dispute.Look?
        do {
            switch subject {
            case .stream(let window): look = try await self.look(window)
            case .candle(let interval): look = try await self.look(symbol, interval)
            }
        } catch {
            logger.debug("a difference cannot be looked at now: \(error)")
            if case .refused = RefillFailure(error) { look = .refused }
        }
        let book = book
        settle(
            disputes.looked(id, look, now: Monotonic.milliseconds()) {
                book.explains(symbol, subject.interval, $0)
            })
    }

    private func look(_ window: StreamWindow) async throws -> Dispute.Look {
        let all = window.first.time..<window.interval.upperBound
        let trades = try await database.withConnection { connection in
            try await TradeQueries.list(window.symbol, all, most: Self.tradesMax, on: connection)
        }
        if let trades { return window.look(trades) }
        // Too many to lay side by side: the sums alone.
        let asked = TradeQueries.Window(
            symbol: window.symbol, first: window.first.time, last: window.last.time)
        let sums = try await database.withConnection { connection in
            try await TradeQueries.windows([asked], on: connection)
        }
        let stored = sums.first.map {
            StreamWindow.Stored(between: $0.between, atFirst: $0.atFirst, atLast: $0.atLast)
        }
        switch window.compare(stored ?? StreamWindow.Stored()) {
        case .equal(let ours): return .equal(ours: ours, exchange: window.exchange)
        case .different(let ours):
            let place = StreamWindow.Place(interval: window.interval, missing: window.exchange - ours)
            return .different(ours: ours, exchange: window.exchange, places: [place])
        }
    }

    private func look(_ symbol: Symbol, _ interval: Range<Instant>) async throws -> Dispute.Look {
        let margin = Self.neighboursMinutes * 60
        let settled = Timeframe.minute1.start(of: host.exchangeNow.adding(seconds: -15))
        let end = max(interval.upperBound, min(interval.upperBound.adding(seconds: margin), settled))
        let page = try await page(symbol, interval.lowerBound.adding(seconds: -margin)..<end)
        return CandleVerdict.look(page, of: symbol, at: interval)
    }

    private func correct(_ id: Int, _ trades: [Trade]) async {
        do {
            let count = try await database.withConnection { connection in
                try await TradeQueries.correct(trades, on: connection)
            }
            figures.corrected += count
            logger.error(
                "stored trades had other values than the exchange's and were corrected",
                ["market": "\(trades.first.map(\.symbol.description) ?? "")", "trades": "\(count)"])
            disputes.corrected(id, now: Monotonic.milliseconds())
        } catch {
            logger.error("stored trades cannot be corrected now: \(error)")
            disputes.notCorrected(id, trades, now: Monotonic.milliseconds())
        }
    }

    private func settle(_ action: DisputeBook.Action?) {
        guard case .settled(let range, let gaps, let shortfall, let alarm) = action else { return }
        add(range)
        // What is known more exactly is not told again.
        let isKnown = shortfall.map { book.explains(range.symbol, range.interval, $0) } ?? false
        if !gaps.isEmpty, !isKnown {
            book.take(gaps)
            Task { await refill.tell(gaps) }
        }
        guard let alarm else { return }
        figures.alarms += 1
        logger.critical(
            "stored trades differ from the exchange's figures, and repairs did not help",
            [
                "market": "\(range.symbol)", "from": "\(range.interval.lowerBound)",
                "to": "\(range.interval.upperBound)", "ours": "\(range.ours.volume)",
                "exchange": "\(range.exchange.volume)", "method": range.method.rawValue, "because": alarm,
                "remedy": "Look with yeoul verify --market \(range.symbol)",
            ])
    }
}
