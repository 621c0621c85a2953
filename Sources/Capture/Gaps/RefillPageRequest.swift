import Market
import Upbit

/// A page of `/trades/ticks` to be fetched.
package struct RefillPageRequest: Hashable, Sendable {
    package var symbol: Symbol
    /// The UTC day whose trades it shows.
    package var day: CalendarDate
    /// The same day as the exchange counts; nil is today.
    package var daysAgo: Int?
    package var cursor: Int64?
    package var before: CivilTime?

    package init(
        symbol: Symbol, day: CalendarDate, daysAgo: Int?, cursor: Int64?, before: CivilTime?
    ) {
        self.symbol = symbol
        self.day = day
        self.daysAgo = daysAgo
        self.cursor = cursor
        self.before = before
    }

    package func request(_ quotation: Quotation) throws(UpbitError) -> RESTRequest {
        try quotation.trades(symbol, cursor: cursor, daysAgo: daysAgo, before: before)
    }
}
