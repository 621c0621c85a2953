import Diagnostics

/// Why a request was not made at all. What the exchange or the network says keeps its own error type.
package struct QuotationError: ExplainedError, Equatable {
    package enum Code: String, Sendable {
        /// The shared budget cannot be read or written.
        case budgetUnusable
        /// Another process keeps the shared budget for itself.
        case budgetHeld
        /// No turn came in time.
        case waitedTooLong
        /// The exchange has stopped us for longer than the caller would wait.
        case stopped
        /// What was measured makes no sense.
        case unmeasurable
    }

    package let code: Code
    package let what: String
    package let place: String?
    package let remedy: String?

    /// Ours, and no word of the exchange.
    package var isOfTheBudget: Bool { code == .budgetUnusable || code == .budgetHeld }

    package init(_ code: Code, _ what: String, at place: String? = nil, remedy: String? = nil) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
    }
}
