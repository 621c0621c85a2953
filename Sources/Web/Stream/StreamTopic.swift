/// What a client of the stream can follow. Its messages replace each other: the newest tells everything.
package enum StreamTopic: Hashable, Sendable {
    case markets
    case status
    case candles(symbol: String, timeframe: String)
    case indicators(symbol: String, timeframe: String)
    case book(symbol: String)
    /// What is wrong with the stream itself; every client follows it.
    case problem
}
