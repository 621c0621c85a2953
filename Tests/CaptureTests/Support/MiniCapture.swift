import Capture
import Database
import Diagnostics
import Market
import Network
import Storage
import Synchronization
import TestKit
import Upbit

/// The smallest capture there is: one connection, straight into the database. It has no journal and heals
/// nothing, so that what refill and proof do shows.
final class MiniCapture: RefillHost {
    private struct State {
        var taken: UInt64 = 0
        var committed: UInt64 = 0
        var pending: [Trade] = []
        var exchangeNow = Instant.epoch
        var seen: Set<Int64> = []
    }

    private let state = Mutex(State())
    private let tap: TickerTap
    /// Changes or leaves out a trade on its way to the database: a fault that only proof can see.
    private let spoil: @Sendable (Trade) -> Trade?

    init(tap: TickerTap, spoil: @escaping @Sendable (Trade) -> Trade? = { $0 }) {
        self.tap = tap
        self.spoil = spoil
    }

    var lastSequence: UInt64 { state.withLock { $0.taken } }
    var committedSequence: UInt64 { state.withLock { $0.committed } }
    var isActive: Bool { true }
    var exchangeNow: Instant { state.withLock { $0.exchangeNow } }
    var activity: [Symbol: Double] { [:] }

    func journal(page: [UInt8], of symbol: Symbol, request: RESTRequest) -> UInt64? {
        let rows = page.withUnsafeBytes { try? RESTDecoder().trades($0, receivedAt: exchangeNow) }
        return state.withLock { state in
            state.taken += 1
            state.pending += (rows ?? []).map(\.trade)
            return state.taken
        }
    }

    /// Takes frames until the connection ends.
    func receive(_ inbox: WebSocketInbox) async {
        var decoder = MessageDecoder()
        while let event = await inbox.next() {
            guard case .message(_, let bytes, let time) = event else { continue }
            let receivedAt = Instant(microseconds: time.unixMicroseconds)
            bytes.withUnsafeBytes { raw in
                var cursor = FrameCursor(receivedAt: receivedAt)
                while let kind = try? decoder.next(in: raw, &cursor) {
                    if kind == .ticker {
                        let ticker = decoder.ticker
                        tap.take(ticker, at: time.monotonicNanoseconds / 1_000_000)
                        state.withLock { $0.exchangeNow = max($0.exchangeNow, ticker.time) }
                    }
                    if kind == .trade, let trade = spoil(decoder.trade.trade) {
                        state.withLock { $0.pending.append(trade) }
                    }
                }
            }
            state.withLock { $0.taken += 1 }
        }
    }

    /// Stores what was received, until its task is cancelled.
    func store(_ connection: Connection) async throws {
        var writer = try MarketWriter(connection.blocking)
        while !Task.isCancelled {
            let (trades, sequence, now) = state.withLock { state in
                defer { state.pending = [] }
                return (state.pending, state.taken, state.exchangeNow)
            }
            var rest = trades[...]
            while !rest.isEmpty {
                let part = rest.prefix(MarketWriter.batchRowsMax)
                rest = rest.dropFirst(part.count)
                _ = try writer.commit(MarketBatch(trades: Array(part)), now: now)
            }
            state.withLock { $0.committed = sequence }
            try? await Task.sleep(for: .milliseconds(30))
        }
    }
}
