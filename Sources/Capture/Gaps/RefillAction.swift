import Diagnostics
import Market
import Upbit

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

    package init(_ error: any Error) {
        let text = (error as? any ExplainedError)?.what ?? "\(error)"
        if let refusal = error as? UpbitError, case .refused(let status, _) = refusal.code,
            status == 400 || status == 404
        {
            self = .refused(text)
        } else {
            self = .temporary(text)
        }
    }
}
