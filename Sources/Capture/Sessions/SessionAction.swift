import Upbit

/// What a connection's driver is to do.
package enum SessionAction: Sendable, Equatable {
    /// Ask the budget of all connections for a turn; answer with `turn` or `noTurn`.
    case askTurn(RateGroup)
    /// Open a connection; the name is looked up anew. The turn of `webSocketConnect` is used by it.
    case connect(attempt: Int)
    /// What became of the turn to connect.
    case finishConnect(RateOutcome)
    /// Send the whole set; the turn of `webSocketMessage` is used by it.
    case subscribe(attempt: Int, [SessionItem])
    /// Send a text `PING`, which makes the exchange say every ten seconds that it is there.
    case sendPing(attempt: Int)
    case close(attempt: Int)
    case notice(SessionNotice)
}
