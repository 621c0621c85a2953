/// Where the budget of calls to the exchange is kept.
package enum RateBudgetPlace: String, Sendable, CaseIterable {
    case host
    case database
}
