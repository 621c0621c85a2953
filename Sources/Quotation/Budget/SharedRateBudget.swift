import Upbit

/// The one budget of all who call an exchange from the same address. A driver keeps it in a file (all
/// processes of a host) or in a table row (several hosts).
package protocol SharedRateBudget: Sendable {
    /// Changes the budget while nobody else can; what `change` returns is returned when the change is kept.
    func update<Output: Sendable>(
        _ change: @Sendable (inout RateBudget) -> Output
    ) async throws -> Output
}
