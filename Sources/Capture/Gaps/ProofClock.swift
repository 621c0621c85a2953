import Market

/// The two clocks of refill and proof: when to act, and which trades are meant.
package struct ProofClock: Hashable, Sendable {
    /// The clock that never steps.
    package var milliseconds: Int64
    /// The exchange's time, as far as its messages tell.
    package var exchange: Instant

    package init(milliseconds: Int64, exchange: Instant) {
        self.milliseconds = milliseconds
        self.exchange = exchange
    }
}
