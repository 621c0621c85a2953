import Capture

/// What a capture does a second, over the last ten seconds. Pure.
struct RateWindow: Sendable {
    static let milliseconds: Int64 = 10_000
    /// Looks that are kept: one a second, and some more when the clock of the caller is hurried.
    static let looksMax = 16

    struct Look: Sendable {
        var milliseconds: Int64
        var messages: Int64
        var trades: Int
        var rows: Int
        var lag: LagHistogram
    }

    private var looks: [Look] = []
    private(set) var messagesPerSecond = 0.0
    private(set) var tradesPerSecond = 0.0
    private(set) var rowsPerSecond = 0.0
    /// From receipt to commit, of what was committed in the window.
    private(set) var lag = LagHistogram()

    mutating func look(_ now: Look) {
        looks.append(now)
        // One look at the window's beginning or before it, when there is one.
        while looks.count > Self.looksMax
            || looks.count > 2 && looks[1].milliseconds <= now.milliseconds - Self.milliseconds
        {
            looks.removeFirst()
        }
        guard let first = looks.first, now.milliseconds > first.milliseconds else { return }
        let seconds = Double(now.milliseconds - first.milliseconds) / 1_000
        messagesPerSecond = Double(now.messages - first.messages) / seconds
        tradesPerSecond = Double(now.trades - first.trades) / seconds
        rowsPerSecond = Double(now.rows - first.rows) / seconds
        lag = now.lag.since(first.lag)
    }
}
