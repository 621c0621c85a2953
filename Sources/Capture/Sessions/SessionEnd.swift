import Network

/// Why a connection ended, as it is counted.
package enum SessionEnd: String, Sendable, Hashable, CaseIterable {
    case nameNotFound = "name_not_found"
    case unreachable
    case tls
    case openTimeout = "open_timeout"
    case limited
    case banned
    case upgradeRefused = "upgrade_refused"
    case closedByPeer = "closed_by_peer"
    case reset
    case ended
    case protocolViolation = "protocol_violation"
    /// The network's own keep-alive found it half open.
    case halfOpen = "half_open"
    /// Data were overdue.
    case stale
    /// Single markets were overdue.
    case marketsStale = "markets_stale"
    /// Nothing came after the request.
    case mute
    /// Everything that was asked for is refused.
    case refused
    /// Nothing to listen to, or the end of the program.
    case wanted
    case other

    package init(_ error: NetworkError) {
        switch error.code {
        case .nameNotFound, .nameTimeout: self = .nameNotFound
        case .refused, .unreachable, .connectTimeout: self = .unreachable
        case .unknownAuthority, .wrongHostName, .certificateExpired, .certificateNotYetValid,
            .certificateRefused, .notTLS, .tlsFailed:
            self = .tls
        case .handshakeTimeout, .firstByteTimeout, .totalTimeout: self = .openTimeout
        case .upgradeRefused:
            self = error.httpStatus == 429 ? .limited : error.httpStatus == 418 ? .banned : .upgradeRefused
        case .closedByPeer: self = .closedByPeer
        case .reset: self = .reset
        case .ended: self = .ended
        case .protocolViolation, .tooLarge: self = .protocolViolation
        case .silent, .queueFull: self = .halfOpen
        case .closedByUs, .cancelled: self = .wanted
        case .invalidRequest, .exhausted: self = .other
        }
    }

    /// Time alone does not mend it: somebody has to act.
    static func needsSomebody(_ error: NetworkError) -> Bool {
        switch error.code {
        case .unknownAuthority, .wrongHostName, .certificateExpired, .certificateNotYetValid,
            .certificateRefused, .notTLS, .invalidRequest, .exhausted:
            return true
        case .upgradeRefused: return error.httpStatus.map { $0 == 401 || $0 == 403 || $0 == 404 } ?? false
        default: return false
        }
    }
}
