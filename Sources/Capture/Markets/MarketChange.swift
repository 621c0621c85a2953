import Market
import Upbit

/// A change in the exchange's list of markets.
package enum MarketChange: Sendable, Equatable {
    case listed(MarketListing)
    case delisted(Symbol)
    /// The same market under another code.
    case renamed(from: Symbol, MarketListing)
    /// Its names, its warning or its cautions changed.
    case changed(MarketListing)
}
