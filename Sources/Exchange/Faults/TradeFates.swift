import Market

/// What becomes of each trade: decided by the seed, the trade and the settings of the moment it was
/// published, so that sockets, REST and the ledger agree, then and later.
package struct TradeFates: Sendable {
    /// Changes of the settings that are remembered; the oldest are forgotten beyond it.
    package static let changesMax = 1_024

    private struct Span: Sendable {
        let from: Int64
        let settings: FaultSettings
    }

    package enum Fate: Sendable, Equatable {
        case normal
        case duplicated
        case reordered
        case dropped
        case corrupted
        case lost
    }

    private let key: RandomKey
    private var spans: [Span] = []

    package init(seed: UInt64, settings: FaultSettings = FaultSettings()) {
        key = RandomKey(seed: seed).part("fates")
        spans = [Span(from: .min, settings: settings)]
    }

    /// From `published` on other settings hold.
    package mutating func change(_ settings: FaultSettings, from published: Int64) {
        if spans.count >= Self.changesMax { spans.removeFirst() }
        spans.append(Span(from: published, settings: settings))
    }

    /// Whether any trade may have been lost at all.
    package var mayLose: Bool { spans.contains { $0.settings.loseShare > 0 } }

    package func fate(_ trade: ModelTrade, of symbol: Symbol, published: Int64) -> Fate {
        guard let settings = spans.last(where: { $0.from <= published })?.settings else { return .normal }
        let shares = [
            (settings.loseShare, Fate.lost), (settings.dropShare, .dropped),
            (settings.corruptShare, .corrupted), (settings.duplicateShare, .duplicated),
            (settings.reorderShare, .reordered),
        ]
        guard shares.contains(where: { $0.0 > 0 }) else { return .normal }
        var luck = key.part(symbol.description).unit(trade.sequentialID)
        for (share, fate) in shares {
            if luck < share { return fate }
            luck -= share
        }
        return .normal
    }
}
