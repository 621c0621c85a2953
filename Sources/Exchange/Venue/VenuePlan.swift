/// The markets of a venue as functions of time: what a seed and a catalogue make.
package struct VenuePlan: Sendable {
    private let key: RandomKey
    private let patterns: [TradePattern]
    package private(set) var models: [MarketModel]

    package init(seed: UInt64, markets: [MarketSpec]) {
        let key = RandomKey(seed: seed).part("venue")
        let patterns = MarketModel.patterns(of: key)
        self.key = key
        self.patterns = patterns
        models = markets.map { MarketModel(spec: $0, venue: key, patterns: patterns) }
    }

    /// A market with changed or new facts; what it traded before does not change.
    package func model(_ spec: MarketSpec) -> MarketModel {
        MarketModel(spec: spec, venue: key, patterns: patterns)
    }
}
