import Market

/// What the list of markets tells of the series: where they end, and which one continues another.
package struct ListingHistory: Sendable, Equatable {
    private var ends: [Symbol: [Instant]] = [:]
    private var formerNames: [Symbol: Symbol] = [:]

    package init() {}

    /// To be told in the order of time.
    package mutating func delisted(_ symbol: Symbol, at time: Instant) {
        ends[symbol, default: []].append(time)
        ends[symbol]?.sort()
    }

    /// The renamed market has the listings of the one that it was; that one's last end is no end of its own.
    package mutating func renamed(_ old: Symbol, to symbol: Symbol, at time: Instant) {
        formerNames[symbol] = old
        for end in ends[old] ?? [] where end < time { delisted(symbol, at: end) }
    }

    /// When the market was delisted, ascending.
    package func ends(of symbol: Symbol) -> [Instant] { ends[symbol] ?? [] }

    /// The market whose series this one continues.
    package func formerName(of symbol: Symbol) -> Symbol? { formerNames[symbol] }

    /// Markets with an end that was not known before, each with the oldest such.
    func newEnds(since known: ListingHistory) -> [Symbol: Instant] {
        var found: [Symbol: Instant] = [:]
        for (symbol, times) in ends {
            let before = Set(known.ends(of: symbol))
            if let first = times.first(where: { !before.contains($0) }) { found[symbol] = first }
        }
        return found
    }
}
