/// Whether a market trades.
@frozen
package enum MarketState: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case preview
    case active
    case delisted
    /// A word that the exchange added later; the message is still good.
    case other

    package var description: String {
        switch self {
        case .preview: "PREVIEW"
        case .active: "ACTIVE"
        case .delisted: "DELISTED"
        case .other: "OTHER"
        }
    }
}
