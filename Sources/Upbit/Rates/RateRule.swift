/// One limit: so many calls a period.
package struct RateRule: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The exchange counts from zero at the start of each period of its clock (quotation).
        case window
        /// The exchange refills the count evenly (orders).
        case bucket
    }

    /// More than this no rule may allow: the shared record has a fixed size.
    package static let callsMaxMax = 200

    package let kind: Kind
    package let callsMax: Int
    package let periodMicroseconds: Int64

    package init(_ kind: Kind, callsMax: Int, periodMilliseconds: Int64 = 1_000) {
        self.kind = kind
        self.callsMax = min(max(callsMax, 1), Self.callsMaxMax)
        periodMicroseconds = max(periodMilliseconds, 1) * 1_000
    }
}
