import Network
import Upbit

/// What happens to one connection. Events of an attempt that is over are ignored.
package enum SessionEvent: Sendable {
    /// What to listen to from now on; nothing closes the connection.
    case listen([SessionItem])
    /// The turn that was asked for.
    case turn(RateGroup)
    /// No turn before that time of the monotonic clock.
    case noTurn(RateGroup, untilMilliseconds: Int64)
    case opened(attempt: Int)
    case closed(attempt: Int, NetworkError)
    case refused(attempt: Int, RefusalMessage)
    /// We do not read for a while, since there is no room for what comes.
    case paused(attempt: Int)
    case resumed(attempt: Int)
    /// Some time has passed.
    case tick
    /// No connection is live: do not hurry, and do not complain; or that is over.
    case outage(Bool)
    case stop
}
