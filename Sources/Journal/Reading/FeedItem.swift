/// What a feed hands out.
package enum FeedItem: Sendable {
    /// Frames that follow what came before without a hole.
    case frames(FrameBatch)
    /// These frames will not come; what comes next lies behind them.
    case hole(JournalHole)
    /// Nothing new within the time that was given.
    case nothing
    /// The journal is closed, and everything in it has been handed out.
    case ended
}
