import Database
import Market
import Storage
import Synchronization
import Upbit

/// Keeps `market.markets` as the exchange lists it, with its history: takes part in the commits.
package final class MarketNotes: TimedParticipant, MarketObserver {
    /// More changes than markets exist wait for nobody.
    package static let pendingMax = 20_000

    private struct State {
        var pending: [(change: MarketChange, time: Instant)] = []
        /// How many of them the transaction under way writes.
        var writing = 0
        var symbols: [Symbol] = []
    }

    private let selection: MarketSelection
    private let state = Mutex(State())

    package init(_ selection: MarketSelection) { self.selection = selection }

    /// The markets that are captured now.
    package var symbols: [Symbol] { state.withLock { $0.symbols } }

    package func marketsChanged(
        _ changes: [MarketChange], listings: [Symbol: MarketListing], at time: Instant
    ) {
        state.withLock { state in
            state.symbols = listings.keys.filter(selection.matches).sorted()
            state.pending.append(contentsOf: changes.map { ($0, time) })
            if state.pending.count > Self.pendingMax, state.writing == 0 {
                state.pending.removeFirst(state.pending.count - Self.pendingMax)
            }
        }
    }

    package func isDue(at time: Instant?) -> Bool { state.withLock { !$0.pending.isEmpty } }

    package func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
        let pending = state.withLock { state in
            state.writing = state.pending.count
            return state.pending
        }
        for (change, time) in pending {
            switch change {
            case .listed(let listing), .changed(let listing): try write(listing, nil, time, connection)
            case .renamed(let old, let listing):
                try end(old, time, connection)
                try write(listing, old, time, connection)
            case .delisted(let symbol): try end(symbol, time, connection)
            }
        }
    }

    package func didCommit() {
        state.withLock { state in
            state.pending.removeFirst(state.writing)
            state.writing = 0
        }
    }

    package func didNotCommit() { state.withLock { $0.writing = 0 } }

    private func end(_ symbol: Symbol, _ time: Instant, _ connection: BlockingConnection) throws {
        try connection.query(
            """
            UPDATE market.markets SET valid_to = greatest($2, valid_from + interval '1 microsecond'),
                delisted_at = $2, state = 'DELISTED', updated_at = now()
            WHERE symbol = $1 AND valid_to IS NULL
            """, [.text(symbol.description), .timestamp(microseconds: time.microseconds)])
    }

    /// The present row ends when something in it has changed, and another begins.
    private func write(
        _ listing: MarketListing, _ old: Symbol?, _ time: Instant, _ connection: BlockingConnection
    ) throws {
        let values: [DatabaseValue] = [
            .text(listing.symbol.description), .timestamp(microseconds: time.microseconds),
            .text(listing.koreanName), .text(listing.englishName), .bool(listing.hasWarning),
        ]
        try connection.query(
            """
            UPDATE market.markets SET valid_to = greatest($2, valid_from + interval '1 microsecond')
            WHERE symbol = $1 AND valid_to IS NULL AND (korean_name, english_name, warning) IS DISTINCT FROM
                ($3::text, $4::text, $5::boolean)
            """, values)
        try connection.query(
            """
            INSERT INTO market.markets (symbol, valid_from, korean_name, english_name, warning, quote, base,
                state, renamed_from)
            SELECT $1, $2, $3, $4, $5, $6, $7, 'ACTIVE', $8::text
            WHERE NOT EXISTS (SELECT FROM market.markets WHERE symbol = $1 AND valid_to IS NULL)
            ON CONFLICT (symbol, valid_from) DO NOTHING
            """,
            values + [
                .text(listing.symbol.quote), .text(listing.symbol.base),
                old.map { .text($0.description) } ?? .null,
            ])
    }
}
