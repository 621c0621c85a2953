import Upbit

/// The markets of a venue as functions of time: what a seed and a catalogue make.
package struct VenuePlan: Sendable {
    private let key: RandomKey
    private let patterns: [TradePattern]
    private let numbering: TradeNumbering
    package private(set) var models: [MarketModel]

    package init(seed: UInt64, markets: [MarketSpec], questions: OpenQuestions = OpenQuestions()) {
        let key = RandomKey(seed: seed).part("venue")
        let patterns = MarketModel.patterns(of: key)
        self.key = key
        self.patterns = patterns
        numbering = TradeNumbering(
            first: Int32(clamping: questions.sequentialIDFirst),
            step: Int32(clamping: questions.sequentialIDStep))
        models = []
        models = markets.map { model($0) }
    }

    /// A market with changed or new facts; what it traded before does not change.
    package func model(_ spec: MarketSpec) -> MarketModel {
        MarketModel(spec: spec, venue: key, patterns: patterns, numbering: numbering)
    }
}
