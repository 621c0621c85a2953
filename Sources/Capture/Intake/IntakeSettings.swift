/// What is made of frames.
package struct IntakeSettings: Sendable, Equatable {
    /// At most one ticker of a market in so long; 0 keeps each that differs.
    package var tickerMilliseconds = 10_000
    /// At most one order book of a market in so long; 0 keeps each that differs.
    package var orderBookMilliseconds = 10_000
    /// Levels of a side that are stored.
    package var orderBookLevels = 15
    /// Trades that a generation of the duplicate filter remembers.
    package var duplicateWindow = DuplicateFilter.windowStandard

    package init() {}
}
