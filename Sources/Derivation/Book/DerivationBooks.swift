import Market

/// Everything that derivation remembers between two commits. A copy that changes shares what does not.
struct DerivationBooks: Sendable {
    private var base: [SeriesKey: SeriesBook] = [:]
    private var changed: [SeriesKey: SeriesBook] = [:]
    var jobs: [SeriesKey: RepairJob] = [:]
    var clock = ClosingClock()
    var listings = ListingHistory()
    /// When the next candle closes; nil before the first trade.
    var nextDue: Instant?

    subscript(key: SeriesKey) -> SeriesBook? {
        get { changed[key] ?? base[key] }
        set { changed[key] = newValue }
    }

    func knows(_ symbol: Symbol, _ timeframe: Timeframe) -> Bool { self[SeriesKey(symbol, timeframe)] != nil }

    /// By market, then by timeframe.
    var keys: [SeriesKey] {
        var keys = Set(base.keys)
        keys.formUnion(changed.keys)
        return keys.sorted()
    }

    /// The changes become what is: once they are committed and no copy is left.
    mutating func settle() {
        for (key, book) in changed { base[key] = book }
        changed = [:]
    }
}
