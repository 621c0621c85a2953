/// What a comparison with the exchange's own figures came to.
package enum ProofStatus: String, CaseIterable, Hashable, Sendable {
    /// The figures are equal.
    case proven
    /// Neither side has a trade.
    case provenEmpty = "proven_empty"
    /// Neighbouring minutes differ by opposite amounts: trades at the minutes' ends.
    case boundary
    /// The figures differ, and what could be tried was tried.
    case different
    /// The figures differed and are equal after a repair.
    case repaired
    /// Trades are missing that nobody can give back; a gap says which time.
    case unprovable
}

/// Which figures of the exchange were compared.
package enum ProofMethod: String, CaseIterable, Hashable, Sendable {
    /// The day's sums in ticker messages.
    case ticker
    /// Candles of a minute.
    case candle
}
