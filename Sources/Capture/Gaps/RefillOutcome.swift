import Market
import Storage

/// What became of a refill.
package struct RefillOutcome: Hashable, Sendable {
    package var request: RefillRequest
    /// Everything that the exchange has of it is committed; nil when it is nothing.
    package var filled: Range<Instant>?
    /// What cannot be had, before `filled`; nil when it is nothing.
    package var unfillable: Range<Instant>?
    /// Why not.
    package var failure: String?
    /// Given up while it might still be had: the gap stays open.
    package var isGivenUp = false
    /// Stored trades in the interval after the refill, less those before it.
    package var tradesFilled: Int64 = 0
    package var pages = 0
    /// The exchange's trades of the interval, when they were to be kept and were not too many.
    package var trades: [Trade]?

    package init(_ request: RefillRequest) { self.request = request }

    /// The rows of `market.gaps` that tell it. The part that cannot be had comes first: it has the key under
    /// which the gap was opened.
    package var gaps: [Gap] {
        if isGivenUp { return [Gap(request.symbol, request.interval, reason: request.reason)] }
        var gaps: [Gap] = []
        if let unfillable {
            let reason = failure.map { "\(request.reason): \($0)" } ?? request.reason
            gaps.append(Gap(request.symbol, unfillable, reason: reason, status: .unfillable))
        }
        if let filled {
            gaps.append(
                Gap(
                    request.symbol, filled, reason: request.reason, status: .filled,
                    tradesFilled: max(0, tradesFilled)))
        }
        return gaps
    }
}
