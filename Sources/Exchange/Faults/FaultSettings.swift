/// What goes wrong, in values that may be changed while the exchange runs. All zero is a good day.
package struct FaultSettings: Sendable, Equatable {
    package enum Ending: String, Sendable, Equatable, CaseIterable {
        /// A close frame with code 1000.
        case clean
        /// The TCP connection ends without one.
        case vanish
        case reset
        /// Some bytes of a frame, then the end.
        case midFrame = "mid_frame"
        /// Half open: nothing is sent or read any more, and nobody is told.
        case silence
    }

    // Trades: which part of them.
    package var duplicateShare = 0.0
    package var reorderShare = 0.0
    /// Never sent; REST knows them.
    package var dropShare = 0.0
    /// Neither sent nor known to REST's trades.
    package var loseShare = 0.0
    /// Sent as a frame that is not JSON; REST knows them.
    package var corruptShare = 0.0

    // Connections.
    /// Mean time between the ends of a connection; zero for never.
    package var endEverySeconds = 0.0
    package var ending = Ending.vanish
    package var stallEverySeconds = 0.0
    package var stallMilliseconds: Int64 = 0
    /// New TCP connections end at once, without an answer.
    package var refusesConnects = false
    /// An upgrade is answered with this status, such as 429.
    package var upgradeStatus = 0

    // REST.
    package var restDelayMilliseconds: Int64 = 0
    package var restFailShare = 0.0
    package var restFailStatus = 500
    package var restHangShare = 0.0
    /// 418 to everyone.
    package var restBanned = false

    // Time and place.
    package var clockSkewMilliseconds: Int64 = 0
    /// Sockets say nothing, REST hangs.
    package var maintenance = false

    package init() {}
}
