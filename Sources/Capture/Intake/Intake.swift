import Diagnostics
import Indicators
import Journal
import Market
import Storage
import Upbit

/// Turns frames into rows: decodes, leaves copies out, samples, and puts aside what cannot be.
///
/// Nothing waits for order, and nothing late is left out.
package struct Intake: ~Copyable {
    private let settings: IntakeSettings
    private var decoder = MessageDecoder()
    private let pages = RESTDecoder()
    private var markets = MarketNumbers()
    private var duplicates: DuplicateFilter
    private var sampler: Sampler
    private var batch = PreparedBatch()
    package private(set) var clock = ExchangeClock()
    /// Frames before this one were received by an earlier process, whose clock may be another.
    private let clockFrom: UInt64
    /// Where the proof gets its tickers from.
    private let tap: TickerTap?

    package init(_ settings: IntakeSettings, clockFrom: UInt64 = 0, tap: TickerTap? = nil) {
        self.settings = settings
        self.clockFrom = clockFrom
        self.tap = tap
        duplicates = DuplicateFilter(window: settings.duplicateWindow)
        sampler = Sampler(settings)
    }

    /// Forgets what it has seen, since it will see it again. The clock stays.
    package mutating func forget() {
        duplicates.removeAll()
        sampler.removeAll()
        batch = PreparedBatch()
    }

    /// What the frames since the last call became.
    package mutating func takeBatch() -> PreparedBatch {
        let taken = batch
        batch = PreparedBatch()
        return taken
    }

    package var rowCount: Int { batch.rowCount }

    /// `label` says which market a REST page is of.
    package mutating func take(
        _ frame: FrameHead, label: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer
    ) {
        batch.frames += 1
        batch.bytes += payload.count
        batch.position = frame.sequence
        batch.newestNanoseconds = max(batch.newestNanoseconds, frame.time.monotonicNanoseconds)
        batch.newestReceivedAt = frame.receivedAt
        batch.throughNanoseconds = frame.sequence >= clockFrom ? frame.time.monotonicNanoseconds : nil
        switch frame.kind {
        case .webSocket: takeMessages(frame, payload)
        case .restPage: takePage(frame, label, payload)
        case .marker: break
        }
    }

    private mutating func takeMessages(_ frame: FrameHead, _ payload: UnsafeRawBufferPointer) {
        var cursor = FrameCursor(receivedAt: frame.receivedAt)
        do throws(UpbitError) {
            while let kind = try decoder.next(in: payload, &cursor) {
                switch kind {
                case .trade: takeTrade(frame, payload)
                case .ticker: takeTicker(frame, payload)
                case .orderBook: takeBook(frame, payload)
                // The sessions see to answers and refusals; candles are for the proof.
                case .candle, .status, .error, .subscriptions: break
                }
            }
        } catch {
            putAside(Self.reason(error), error.description, frame, payload)
        }
    }

    /// Digits that do not fit are another matter than bytes that mean nothing.
    private static func reason(_ error: UpbitError) -> QuarantineReason {
        switch error.code {
        case .undecodable(.outOfRange), .undecodable(.notExact): .overflow
        default: .undecodable
        }
    }

    private mutating func takeTrade(_ frame: FrameHead, _ payload: UnsafeRawBufferPointer) {
        let message = decoder.trade
        if message.streamType != .snapshot { observe(message.trade.publishedAt, frame) }
        take(message.trade, frame, payload)
    }

    private mutating func take(
        _ trade: Trade, _ frame: FrameHead, _ payload: UnsafeRawBufferPointer, isFetched: Bool = false
    ) {
        guard let market = markets.number(of: trade.symbol) else {
            return putAside(.impossible, Self.tooManyMarkets, frame, payload)
        }
        // What was fetched again may have been seen and be stored no more: the database decides.
        guard duplicates.insert(market: market, id: trade.sequentialID) || isFetched else {
            batch.copies += 1
            return
        }
        // Before it meets a sum: one monstrous trade must not break a transaction.
        if let fault = DerivationLimits.fault(of: trade) {
            return putAside(.overflow, fault.description, frame, payload)
        }
        batch.market.trades.append(trade)
    }

    private mutating func takeTicker(_ frame: FrameHead, _ payload: UnsafeRawBufferPointer) {
        if decoder.ticker.streamType != .snapshot { observe(decoder.ticker.time, frame) }
        guard let market = markets.number(of: decoder.ticker.symbol) else {
            return putAside(.impossible, Self.tooManyMarkets, frame, payload)
        }
        if let tap, frame.sequence >= clockFrom {
            tap.take(decoder.ticker, at: frame.time.monotonicNanoseconds / 1_000_000)
        }
        if let row = sampler.take(decoder.ticker, market: market) { batch.market.tickers.append(row) }
    }

    private mutating func takeBook(_ frame: FrameHead, _ payload: UnsafeRawBufferPointer) {
        if decoder.orderBook.streamType != .snapshot { observe(decoder.orderBook.time, frame) }
        guard let market = markets.number(of: decoder.orderBook.symbol) else {
            return putAside(.impossible, Self.tooManyMarkets, frame, payload)
        }
        if let book = sampler.take(decoder.orderBook, market: market) { batch.market.orderBooks.append(book) }
    }

    private mutating func takePage(
        _ frame: FrameHead, _ label: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer
    ) {
        // The label is the market, a blank, the request.
        guard let market = Symbol(bytes: UnsafeRawBufferPointer(rebasing: label.prefix { $0 != 0x20 })) else {
            return putAside(.undecodable, "a REST page names no market", frame, payload)
        }
        do throws(UpbitError) {
            for row in try pages.trades(payload, receivedAt: frame.receivedAt) {
                guard row.trade.symbol == market else {
                    putAside(
                        .impossible, "a page of \(market) holds a trade of \(row.trade.symbol)", frame,
                        payload)
                    continue
                }
                take(row.trade, frame, payload, isFetched: true)
            }
        } catch {
            putAside(Self.reason(error), error.description, frame, payload)
        }
    }

    private mutating func observe(_ time: Instant?, _ frame: FrameHead) {
        guard let time, frame.sequence >= clockFrom else { return }
        clock.observe(time, receivedNanoseconds: frame.time.monotonicNanoseconds)
    }

    private static let tooManyMarkets = "there are more than \(MarketNumbers.marketsMax) markets"

    private mutating func putAside(
        _ reason: QuarantineReason, _ explanation: @autoclosure () -> String, _ frame: FrameHead,
        _ payload: UnsafeRawBufferPointer
    ) {
        batch.putAside(
            QuarantineEntry(
                reason: reason, explanation: explanation(), sequence: frame.sequence,
                receivedAt: frame.receivedAt, content: payload), reason)
    }
}
