import Market

/// A time for which data of a channel is or was missing: a row of `market.gaps`.
package struct Gap: Hashable, Sendable {
    /// The reasons that the program itself gives; the column takes any text.
    package enum Reason {
        /// What was traded before the first trade that a market's capture stored, in the same month.
        package static let beforeCapture = "before_capture"
        package static let restart = "restart"
        package static let disconnect = "disconnect"
        package static let listed = "listed"
        package static let journalFull = "journal_full"
        package static let proof = "proof"
        package static let manual = "manual"
        /// Neither the stream nor REST has what the exchange's own figures count.
        package static let lost = "proof: counted by the exchange, and not in its trades"
    }

    package static let tradeChannel = "trade"

    package var symbol: Symbol
    package var channel: String
    /// Half-open, in exchange time; never empty.
    package var interval: Range<Instant>
    package var reason: String
    package var status: GapStatus
    package var tradesFilled: Int64
    /// What the exchange counts in it and nobody has; nil when that is not known.
    package var lost: TradeFigures?
    /// When it was noticed, and when its status changed; nil before it is stored.
    package var createdAt: Instant?
    package var updatedAt: Instant?

    package init(
        _ symbol: Symbol, _ interval: Range<Instant>, reason: String, status: GapStatus = .open,
        channel: String = Gap.tradeChannel, tradesFilled: Int64 = 0
    ) {
        self.symbol = symbol
        self.channel = channel
        self.interval = interval
        self.reason = reason
        self.status = status
        self.tradesFilled = tradesFilled
    }
}
