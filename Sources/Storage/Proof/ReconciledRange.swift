import Market

/// A range of one market that was compared: a row of `market.reconciliations`.
package struct ReconciledRange: Hashable, Sendable {
    package var symbol: Symbol
    package var method: ProofMethod
    /// Half-open, in exchange time; never empty.
    package var interval: Range<Instant>
    package var status: ProofStatus
    package var ours: TradeFigures
    package var exchange: TradeFigures
    /// Repairs that were tried.
    package var attempts: Int
    /// When it was stored; nil before.
    package var checkedAt: Instant?

    package init(
        _ symbol: Symbol, _ method: ProofMethod, _ interval: Range<Instant>, _ status: ProofStatus,
        ours: TradeFigures, exchange: TradeFigures, attempts: Int = 0
    ) {
        self.symbol = symbol
        self.method = method
        self.interval = interval
        self.status = status
        self.ours = ours
        self.exchange = exchange
        self.attempts = attempts
    }
}
