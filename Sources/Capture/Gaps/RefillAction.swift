import Market

/// What the refill's driver is to do.
package enum RefillAction: Hashable, Sendable {
    /// Count the stored trades of the interval; answer with `counted`.
    case count(job: Int, Symbol, Range<Instant>)
    /// Fetch and journal a page; answer with `page` or `failed`.
    case fetch(job: Int, RefillPageRequest)
    case finished(RefillOutcome)
}

/// Why a page did not come.
package enum RefillFailure: Hashable, Sendable {
    /// The network, the exchange's load, the budget: later it may come.
    case temporary(String)
    /// The exchange will not give it: an unknown market.
    case refused(String)
}
