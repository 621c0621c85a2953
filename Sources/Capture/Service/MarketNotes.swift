import Database
import Market
import Network
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
        /// The newest list until one was compared with what is stored: a process that stands by has heard of
        /// changes that another has written.
        var list: (markets: [MarketListing], time: Instant, number: Int)?
        /// The list that the transaction under way compares.
        var comparing: Int?
        var lists = 0
        var isCompared = false
        /// Stored markets that the compared list lacks. The next list decides: one alone may be false, and a
        /// market that ends and begins again begins its indicators anew.
        var absent: Set<Symbol> = []
    }

    private let selection: MarketSelection
    private let time: ExchangeTime
    private let state = Mutex(State())

    package init(_ selection: MarketSelection, time: ExchangeTime) {
        self.selection = selection
        self.time = time
    }

    /// The markets that are captured now.
    package var symbols: [Symbol] { state.withLock { $0.symbols } }

    package func marketsChanged(
        _ changes: [MarketChange], listings: [Symbol: MarketListing], at time: Instant
    ) {
        // The exchange's time, once a message has told it: trades are compared with it.
        let time = self.time.at(monotonicNanoseconds: Monotonic.nanoseconds()) ?? time
        state.withLock { state in
            state.symbols = listings.keys.filter(selection.matches).sorted()
            guard state.isCompared else {
                state.lists += 1
                state.list = (Array(listings.values), time, state.lists)
                return
            }
            let gone = state.absent.filter { listings[$0] == nil }.sorted()
            state.absent = []
            state.pending.append(contentsOf: (gone.map { .delisted($0) } + changes).map { ($0, time) })
            if state.pending.count > Self.pendingMax, state.writing == 0 {
                state.pending.removeFirst(state.pending.count - Self.pendingMax)
            }
        }
    }

    package func isDue(at time: Instant?) -> Bool { state.withLock { $0.list != nil || !$0.pending.isEmpty } }

    package func takePart(in connection: BlockingConnection, with accepted: MarketBatch) throws {
        let (list, pending) = state.withLock { state in
            state.writing = state.pending.count
            state.comparing = state.list?.number
            return (state.list, state.pending)
        }
        if let list {
            let absent = try compare(list.markets, list.time, connection)
            state.withLock { $0.absent = absent }
        }
        for (change, time) in pending { try note(change, time, connection) }
    }

    /// What was listed, changed or renamed while nobody looked on; returns what may have been delisted.
    private func compare(
        _ list: [MarketListing], _ time: Instant, _ connection: BlockingConnection
    ) throws -> Set<Symbol> {
        let rows = try connection.query(
            "SELECT symbol, korean_name, english_name, warning FROM market.markets WHERE valid_to IS NULL")
        let stored = try rows.map { row in
            MarketListing(
                symbol: try Symbol(row.value(0)), koreanName: try row.optional(1) ?? "",
                englishName: try row.optional(2) ?? "", hasWarning: try row.value(3))
        }
        // A list that is not believed ends nothing.
        let found = MarketWatch.changes(from: stored, to: list)
        for change in found?.changes ?? list.map({ .listed($0) }) { try note(change, time, connection) }
        return found?.absent ?? []
    }

    private func note(_ change: MarketChange, _ time: Instant, _ connection: BlockingConnection) throws {
        switch change {
        case .listed(let listing), .changed(let listing): try write(listing, nil, time, connection)
        case .renamed(let old, let listing):
            try end(old, time, connection)
            try write(listing, old, time, connection)
        case .delisted(let symbol): try end(symbol, time, connection)
        }
    }

    package func didCommit() {
        state.withLock { state in
            state.pending.removeFirst(state.writing)
            state.writing = 0
            guard let compared = state.comparing else { return }
            state.comparing = nil
            // Unless another came meanwhile.
            guard state.list?.number == compared else { return }
            state.list = nil
            state.isCompared = true
        }
    }

    package func didNotCommit() {
        state.withLock { state in
            state.writing = 0
            state.comparing = nil
        }
    }

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
