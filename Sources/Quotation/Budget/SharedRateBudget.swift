import Market
import Upbit

/// The one budget of all who call an exchange from the same address. A driver keeps it where all of them
/// reach it: in a file for the processes of a host, in the database for several hosts.
package protocol SharedRateBudget: Sendable {
    /// Asks for one call. The instant is that of the clock that the decision's times are of, which all
    /// sharers see alike; it is not necessarily ours. Give a granted permit back with `finish`.
    func request(
        _ group: RateGroup, priority: RatePriority
    ) async throws -> (decision: RateDecision, now: Instant)

    /// Gives a permit back with what the call came to.
    func finish(_ permit: RatePermit, _ outcome: RateOutcome) async throws

    /// The budget as it is, for figures; nothing is taken.
    func look() async throws -> (budget: RateBudget, now: Instant)
}
