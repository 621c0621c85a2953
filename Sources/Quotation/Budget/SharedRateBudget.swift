import Market
import Upbit

/// The one budget of all who call an exchange from the same address. A driver keeps it where all of them
/// reach it: in a file for the processes of a host.
package protocol SharedRateBudget: Sendable {
    /// Changes the budget while nobody else can; what `change` returns is returned when the change is kept.
    /// The instant is that of the clock that all sharers see alike, and not necessarily ours.
    func update<Output: Sendable>(
        _ change: @Sendable (inout RateBudget, Instant) -> Output
    ) async throws -> Output
}
