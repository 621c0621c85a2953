import Market
import Network
import Upbit

/// What somebody may want to know about a connection.
package enum SessionNotice: Sendable, Equatable {
    case live(attempt: Int, afterMilliseconds: Int64)
    case ended(attempt: Int, SessionEnd)
    /// A failure that time does not mend: certificates, an address that cannot be used.
    case failing(NetworkError)
    case refused([SessionItem], RefusalMessage)
    /// The rate limit for messages, in spite of our turns.
    case messagesLimited
    /// Subscribed to, and not even the present state came.
    case unheard([SessionItem])
    /// Silent for longer than its past explains, also on a new connection.
    case silent([Symbol])
}
