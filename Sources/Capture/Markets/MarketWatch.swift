import Market
import Upbit

/// Follows the exchange's list of markets. Pure: lists in, changes out.
///
/// A market is gone when two lists in a row do not have it. A list without most of the markets is not
/// believed until it has come `implausibleMax` times in a row: caches and half-started servers send such.
package struct MarketWatch: Sendable {
    package static let absencesMax = 2
    package static let implausibleMax = 5

    private(set) package var listings: [Symbol: MarketListing] = [:]
    private var absences: [Symbol: Int] = [:]
    private var implausibleCount = 0

    package init() {}

    /// What has changed between what was stored and the first list of a process, and the markets that this
    /// list lacks: gone if the next one lacks them, too. Nil when the list is not believed.
    package static func changes(
        from stored: [MarketListing], to list: [MarketListing]
    ) -> (changes: [MarketChange], absent: Set<Symbol>)? {
        var watch = MarketWatch()
        watch.listings = Dictionary(stored.map { ($0.symbol, $0) }) { first, _ in first }
        guard let changes = try? watch.heard(list) else { return nil }
        return (changes, Set(watch.absences.keys))
    }

    /// What has changed; everything is `listed` the first time.
    package mutating func heard(_ list: [MarketListing]) throws(CaptureError) -> [MarketChange] {
        let fresh = Dictionary(list.map { ($0.symbol, $0) }) { first, _ in first }
        let needed = try believe(fresh) ? Self.absencesMax : 1
        var changes: [MarketChange] = []
        let missing = listings.keys.filter { fresh[$0] == nil }.sorted()
        let renamed = renames(of: missing, in: fresh)
        for listing in fresh.values.sorted(by: { $0.symbol < $1.symbol }) {
            absences[listing.symbol] = nil
            let known = listings[listing.symbol]
            if known == listing { continue }
            listings[listing.symbol] = listing
            if known != nil {
                changes.append(.changed(listing))
            } else if let from = renamed[listing.symbol] {
                listings[from] = nil
                absences[from] = nil
                changes.append(.renamed(from: from, listing))
            } else {
                changes.append(.listed(listing))
            }
        }
        for symbol in missing where listings[symbol] != nil {
            absences[symbol, default: 0] += 1
            guard absences[symbol, default: 0] >= needed else { continue }
            listings[symbol] = nil
            absences[symbol] = nil
            changes.append(.delisted(symbol))
        }
        return changes
    }

    /// False for a list that was implausible, and has come so often that it must be true.
    private mutating func believe(_ fresh: [Symbol: MarketListing]) throws(CaptureError) -> Bool {
        let kept = listings.keys.count { fresh[$0] != nil }
        let isPlausible = !fresh.isEmpty && kept * 2 >= listings.count
        guard !isPlausible else {
            implausibleCount = 0
            return true
        }
        implausibleCount += 1
        if implausibleCount >= Self.implausibleMax, !fresh.isEmpty {
            implausibleCount = 0
            return false
        }
        throw CaptureError(
            .implausibleMarkets,
            "the exchange lists \(fresh.count) markets, and only \(kept) of the \(listings.count) known ones",
            place: "/v1/market/all",
            remedy: "The markets stay as they were; the list is asked for again in a minute.")
    }

    /// A new code with the names and the quote currency of exactly one that is gone.
    private func renames(of missing: [Symbol], in fresh: [Symbol: MarketListing]) -> [Symbol: Symbol] {
        var renamed: [Symbol: Symbol] = [:]
        for listing in fresh.values where listings[listing.symbol] == nil {
            let same = missing.filter { symbol in
                guard let old = listings[symbol] else { return false }
                return symbol.quote == listing.symbol.quote && old.koreanName == listing.koreanName
                    && old.englishName == listing.englishName && !old.englishName.isEmpty
            }
            if same.count == 1 { renamed[listing.symbol] = same[0] }
        }
        return renamed
    }
}
