import Market

/// Everything that derivation remembers between two commits. A copy that changes shares what does not: of
/// thousands of series a commit changes, each is found once and copied once.
struct DerivationBooks: Sendable {
    private var places: [SeriesKey: Int] = [:]
    private var base: [SeriesBook] = []
    /// Series that were changed since the last commit, and which one of these each place has; -1: none.
    private var changed: [SeriesBook] = []
    private var changes: [Int] = []
    var jobs: [SeriesKey: RepairJob] = [:]
    var clock = ClosingClock()
    var listings = ListingHistory()
    /// When the next candle closes; nil before the first trade.
    var nextDue: Instant?
    var provisional = ProvisionalPace()

    subscript(key: SeriesKey) -> SeriesBook? {
        get {
            guard let place = places[key] else { return nil }
            return changes[place] < 0 ? base[place] : changed[changes[place]]
        }
        set {
            guard let newValue else { return }
            if places[key] == nil {
                places[key] = base.count
                changes.append(-1)
                base.append(newValue)
            } else {
                update(key) { $0 = newValue }
            }
        }
    }

    /// Changes a series in its place; nil when it is not known.
    @discardableResult
    mutating func update<Answer, Failure: Error>(
        _ key: SeriesKey, _ change: (inout SeriesBook) throws(Failure) -> Answer
    ) throws(Failure) -> Answer? {
        guard let place = places[key] else { return nil }
        if changes[place] < 0 {
            changes[place] = changed.count
            changed.append(base[place])
        }
        return try change(&changed[changes[place]])
    }

    /// When the open interval of a series closes.
    func dueAt(_ key: SeriesKey, graceMilliseconds: Int64) -> Instant? {
        guard let place = places[key] else { return nil }
        if changes[place] < 0 { return base[place].dueAt(graceMilliseconds: graceMilliseconds) }
        return changed[changes[place]].dueAt(graceMilliseconds: graceMilliseconds)
    }

    func knows(_ symbol: Symbol, _ timeframe: Timeframe) -> Bool {
        places[SeriesKey(symbol, timeframe)] != nil
    }

    /// By market, then by timeframe.
    var keys: [SeriesKey] { places.keys.sorted() }

    /// The changes become what is: once they are committed and no copy is left.
    mutating func settle() {
        for place in changes.indices where changes[place] >= 0 {
            swap(&base[place], &changed[changes[place]])
            changes[place] = -1
        }
        changed.removeAll(keepingCapacity: true)
    }
}
