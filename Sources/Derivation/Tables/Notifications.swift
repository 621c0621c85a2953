import Database
import Market

/// `NOTIFY candle_closed` and `candle_revised`. They are lost easily, by nature: a reader catches up by
/// revision. Of several candles of one series in a commit only the newest is told, and nothing at all while
/// the server's queue is half full, so that a listener that sleeps cannot fail our commits.
package struct Notifications {
    /// The layout of the payload.
    static let version = 1
    static let bytesMax = 500

    private var newest: [SeriesKey: (time: Instant, payload: String)] = [:]

    /// Seconds are too many to be told.
    mutating func add(
        _ key: SeriesKey, _ time: Instant, close: Decimal8, isFilled: Bool, isComplete: Bool, revision: Int64
    ) {
        guard key.timeframe != .second1, newest[key].map({ $0.time <= time }) ?? true else { return }
        newest[key] = (
            time,
            """
            {"version":\(Self.version),"symbol":"\(key.symbol)","timeframe":"\(key.timeframe)","time":"\(time)",\
            "close":"\(close)","filled":\(isFilled),"complete":\(isComplete),"revision":\(revision)}
            """
        )
    }

    func send(_ channel: String, on connection: BlockingConnection) throws {
        guard !newest.isEmpty else { return }
        try connection.prepared(
            """
            SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS n (payload)
            WHERE (SELECT pg_notification_queue_usage()) < 0.5
            """,
            [.text(channel), .textArray(newest.sorted { $0.key < $1.key }.map { $0.value.payload })])
    }
}
