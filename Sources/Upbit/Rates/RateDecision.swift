import Market

/// The answer to "may I call now?".
package enum RateDecision: Hashable, Sendable {
    case granted(RatePermit)
    /// Ask again at that time, not before.
    case wait(until: Instant)
    /// The exchange has stopped this group (429) or this address (418) until then.
    case stopped(until: Instant)
}
