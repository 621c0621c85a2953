import Market

/// A renamed market's series goes on where that of its former name stands.
package struct Inheritance: Sendable {
    package var from: SeriesKey
    package var to: SeriesKey
    /// The candles of the longest window up to this one, which has the newest state.
    package var stateTime: Instant
    /// What has closed lies before.
    package var openStart: Instant
}
