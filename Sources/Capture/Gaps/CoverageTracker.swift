import Market
import Storage

/// Knows for which times each market was heard, and says what was not: from the last moment heard on any of
/// its connections to the first moment heard again. Pure.
package struct CoverageTracker: Sendable {
    /// What was on its way when the connection was lost, and what the journal had not kept yet.
    package static let marginBeforeSeconds: Int64 = 10
    /// What was executed before the subscription and published behind it.
    package static let marginBehindSeconds: Int64 = 2

    fileprivate struct Coverage {
        var connections: Set<Int> = []
        /// Not heard since then, and why; nil while it is heard.
        var lost: (since: Instant, reason: String)?
    }

    fileprivate struct Seen {
        var attempt: Int
        var symbols: Set<Symbol>
        var lastHeard: Instant
    }

    fileprivate var markets: [Symbol: Coverage] = [:]
    fileprivate var seen: [Int: Seen] = [:]
    private var firstHeard: [Symbol: Instant] = [:]
    /// Markets that no connection wants, since when by the monotonic clock; those that are gone.
    fileprivate var unwanted: [Symbol: Int64] = [:]
    fileprivate var gone: Set<Symbol> = []
    /// The newest trade that an earlier run stored: the markets of the beginning were missed since then. Nil
    /// in an empty database: what was before the first run is no gap.
    private var baseline: Instant?
    /// When the markets of the beginning were heard while the baseline is not known yet.
    private var heardBefore: [Symbol: Instant]?
    /// The markets that were wanted first; nil before anything was. Later ones were listed meanwhile.
    private var initial: Set<Symbol>?
    /// The exchange's list is read each minute, so a listing is not older.
    package static let listedSeconds: Int64 = 120

    /// The baseline is not known yet: `learn` tells it.
    package init() { heardBefore = [:] }

    package init(baseline: Instant?) { self.baseline = baseline }

    package var knowsBaseline: Bool { heardBefore == nil }

    /// The database has told what an earlier run stored last. Returns what those that are heard by now have
    /// missed since.
    package mutating func learn(baseline: Instant?) -> [Gap] {
        guard let heard = heardBefore else { return [] }
        self.baseline = baseline
        heardBefore = nil
        guard let baseline else { return [] }
        for symbol in heard.keys where firstHeard[symbol] != nil { firstHeard[symbol] = baseline }
        return heard.sorted { $0.key < $1.key }.map {
            Self.gap($0.key, from: baseline, to: $0.value, Gap.Reason.restart)
        }
    }

    private static func gap(_ symbol: Symbol, from: Instant, to: Instant, _ reason: String) -> Gap {
        let start = from.adding(seconds: -marginBeforeSeconds)
        return Gap(symbol, start..<max(from, to).adding(seconds: marginBehindSeconds), reason: reason)
    }

    /// The connection is live for these markets; `now` is the exchange's time. Returns what was missed.
    package mutating func live(_ symbols: [Symbol], on connection: Int, now: Instant) -> [Gap] {
        var gaps: [Gap] = []
        for symbol in symbols {
            if markets[symbol] == nil {
                firstHeard[symbol] = first(symbol, now)?.since ?? now
                if initial?.contains(symbol) ?? true { heardBefore?[symbol] = now }
            }
            var coverage = markets[symbol] ?? Coverage(lost: first(symbol, now))
            if gone.remove(symbol) != nil { firstHeard[symbol] = coverage.lost?.since ?? now }
            if let (since, reason) = coverage.lost {
                gaps.append(Self.gap(symbol, from: since, to: now, reason))
            }
            coverage.lost = nil
            coverage.connections.insert(connection)
            markets[symbol] = coverage
        }
        return gaps
    }

    /// Since when a market was missed that is heard for the first time.
    private func first(_ symbol: Symbol, _ now: Instant) -> (since: Instant, reason: String)? {
        if let initial, !initial.contains(symbol) {
            return (now.adding(seconds: -Self.listedSeconds), Gap.Reason.listed)
        }
        return baseline.map { ($0, Gap.Reason.restart) }
    }

    /// The markets that were heard for the first time since the last call, and from where on each can be
    /// proven: from then, or from where its first gap begins, since what was missed is fetched.
    package mutating func takeFirstHeard() -> [Symbol: Instant] {
        defer { firstHeard = [:] }
        return firstHeard
    }

    /// The connection is lost; `lastHeard` is the exchange's time of what came last on it.
    package mutating func lost(
        _ connection: Int, lastHeard: Instant, reason: String = Gap.Reason.disconnect
    ) {
        for (symbol, coverage) in markets where coverage.connections.contains(connection) {
            markets[symbol]?.connections.remove(connection)
            if coverage.connections.count == 1 { markets[symbol]?.lost = (lastHeard, reason) }
        }
    }

    /// The connection listens to these markets no longer; if no other one does, they are missed from then on.
    package mutating func left(_ symbols: Set<Symbol>, on connection: Int, lastHeard: Instant) {
        for symbol in symbols {
            guard let coverage = markets[symbol], coverage.connections.contains(connection) else { continue }
            markets[symbol]?.connections.remove(connection)
            if coverage.connections.count == 1 {
                markets[symbol]?.lost = (lastHeard, Gap.Reason.disconnect)
            }
        }
    }
}

extension CoverageTracker {
    /// How a connection stands, looked at often.
    package struct Connection: Hashable, Sendable {
        package var index: Int
        /// Another number is another connection.
        package var attempt: Int
        /// Data come, or came and are overdue.
        package var isLive: Bool
        package var symbols: Set<Symbol>
        /// When market data came last, by the monotonic clock.
        package var lastDataMilliseconds: Int64?

        package init(
            index: Int, attempt: Int, isLive: Bool, symbols: Set<Symbol>, lastDataMilliseconds: Int64?
        ) {
            self.index = index
            self.attempt = attempt
            self.isLive = isLive
            self.symbols = symbols
            self.lastDataMilliseconds = lastDataMilliseconds
        }
    }

    /// A market that came to a connection which was live before: its request may be on its way.
    private static let requestSeconds: Int64 = 10

    /// Looks at all connections; returns what was missed by those that are live now.
    package mutating func look(_ connections: [Connection], now: ProofClock) -> [Gap] {
        var gaps: [Gap] = []
        let wanted = connections.reduce(into: Set<Symbol>()) { $0.formUnion($1.symbols) }
        if initial == nil, !wanted.isEmpty { initial = wanted }
        watch(wanted, now)
        for connection in connections {
            let before = seen[connection.index]
            let isSame = before.map { $0.attempt == connection.attempt } ?? false
            if let before, !isSame || !connection.isLive {
                lost(connection.index, lastHeard: before.lastHeard)
                seen[connection.index] = nil
            }
            guard connection.isLive else { continue }
            let known = isSame ? before?.symbols ?? [] : []
            let lastHeard =
                connection.lastDataMilliseconds.map {
                    now.exchange.adding(milliseconds: $0 - now.milliseconds)
                }
                ?? before?.lastHeard ?? now.exchange
            left(known.subtracting(connection.symbols), on: connection.index, lastHeard: lastHeard)
            let behind = known.isEmpty ? 0 : Self.requestSeconds
            gaps += live(
                connection.symbols.subtracting(known).sorted(), on: connection.index,
                now: now.exchange.adding(seconds: behind))
            seen[connection.index] = Seen(
                attempt: connection.attempt, symbols: connection.symbols, lastHeard: lastHeard)
        }
        return gaps
    }
}

extension CoverageTracker {
    /// A market that no connection wants for so long is gone: delisted, renamed, or not captured any more. One
    /// that moves to another connection is wanted again at once.
    package static let goneMilliseconds: Int64 = 60_000

    /// `wanted` is empty before the exchange's list is known, and says nothing then.
    private mutating func watch(_ wanted: Set<Symbol>, _ now: ProofClock) {
        guard !wanted.isEmpty else { return }
        for symbol in markets.keys where !wanted.contains(symbol) && !gone.contains(symbol) {
            unwanted[symbol] = unwanted[symbol] ?? now.milliseconds
        }
        for symbol in unwanted.keys where wanted.contains(symbol) { unwanted[symbol] = nil }
    }

    /// The markets that are gone since the last call, and when each was heard last.
    package mutating func takeGone(now: ProofClock) -> [Symbol: Instant] {
        var ended: [Symbol: Instant] = [:]
        for (symbol, since) in unwanted where now.milliseconds - since >= Self.goneMilliseconds {
            guard let lost = markets[symbol]?.lost else { continue }
            ended[symbol] = lost.since
            unwanted[symbol] = nil
            gone.insert(symbol)
        }
        return ended
    }
}
