import Market

/// A time of which we had frames, or should have had, and have them no more: a gap of every market.
package struct CaptureHole: Sendable, Equatable {
    package var from: Instant
    package var to: Instant
    /// The word in `market.gaps`.
    package var reason: String

    package init(from: Instant, to: Instant, reason: String) {
        self.from = from
        self.to = to
        self.reason = reason
    }
}
