/// How long a connection waits for what, in milliseconds.
package struct SessionTimers: Sendable, Equatable {
    /// From the look-up of the name to the end of the handshake.
    package var open: Int64 = 10_000
    /// How much later than its own deadline the network may be with the news.
    package var newsLate: Int64 = 5_000
    /// From the turn to connect, or the request, until anything comes.
    package var firstData: Int64 = 10_000
    /// Waiting for a turn to send the first request; the exchange closes idle connections after 120 s.
    package var requestTurn: Int64 = 100_000
    /// A driver that has not answered is asked again.
    package var turnAnswer: Int64 = 60_000
    /// A request that is not refused within this time is accepted.
    package var refusalWait: Int64 = 1_000
    /// What was refused is tried again.
    package var refusedAgain: Int64 = 600_000
    /// The exchange says every ten seconds that it is there: longest time with nothing at all.
    package var statusSilence: Int64 = 25_000
    /// The same when it does not say so: below the exchange's idle time.
    package var silence: Int64 = 110_000
    /// After everything was asked for again.
    package var staleGrace: Int64 = 3_000
    package var closing: Int64 = 1_500
    /// A connection that was live for so long has succeeded.
    package var stable: Int64 = 30_000
    /// For the sake of single markets, a connection asks again and reconnects this rarely.
    package var askForMarkets: Int64 = 60_000
    package var reconnectForMarkets: Int64 = 300_000
    /// Ages are looked at so often.
    package var watch: Int64 = 1_000
    /// After an outage, connections come back within this time.
    package var afterOutage: Int64 = 2_000

    /// No live connection for so long is an outage.
    package var outage: Int64 = 20_000

    package init() {}
}
