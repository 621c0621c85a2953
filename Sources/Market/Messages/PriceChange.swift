/// The direction of the last price against the previous UTC day's close.
@frozen
package enum PriceChange: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case rise
    case even
    case fall

    /// The exchange's word, which our tables keep.
    package var description: String {
        switch self {
        case .rise: "RISE"
        case .even: "EVEN"
        case .fall: "FALL"
        }
    }
}
