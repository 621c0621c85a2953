import Upbit

/// The markets of a venue as functions of time: what a seed and a catalogue make.
package struct VenuePlan: Sendable {
    private let key: RandomKey
    private let patterns: [TradePattern]
    private let numbering: TradeNumbering
    private let isSteady: Bool
    package private(set) var models: [MarketModel]

    /// A steady venue has no livelier and calmer days, hours and minutes.
    package init(
        seed: UInt64, markets: [MarketSpec], isSteady: Bool = false,
        questions: OpenQuestions = OpenQuestions()
    ) {
        let key = RandomKey(seed: seed).part("venue")
        let patterns = MarketModel.patterns(of: key)
        self.key = key
        self.patterns = patterns
        self.isSteady = isSteady
        numbering = TradeNumbering(
            first: Int32(clamping: questions.sequentialIDFirst),
            step: Int32(clamping: questions.sequentialIDStep))
        models = []
        models = markets.map { model($0) }
    }

    /// A market with changed or new facts; what it traded before does not change.
    package func model(_ spec: MarketSpec) -> MarketModel {
        MarketModel(
            spec: spec, venue: key, patterns: patterns, numbering: numbering, isSteady: isSteady)
    }
}
