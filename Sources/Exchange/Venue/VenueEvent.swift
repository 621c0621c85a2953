/// What happens at the venue, in the order of publication.
package enum VenueEvent: Sendable, Equatable {
    /// A trade of the market with this number, published at a time in milliseconds.
    case trade(market: Int, ModelTrade, published: Int64)
    /// A market's book has a new state to send.
    case book(market: Int, milliseconds: Int64)
    /// A second is over: candles that changed are sent.
    case second(milliseconds: Int64)
}
