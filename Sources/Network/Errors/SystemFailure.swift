import Glibc

extension NetworkError {
    /// The words for an `errno` of a socket call.
    static func system(_ number: Int32, during action: String) -> NetworkError {
        switch number {
        case ECONNREFUSED:
            return NetworkError(
                .refused, "nobody listens there",
                remedy: "Start the peer, or correct the host and the port.")
        case ECONNRESET, EPIPE:
            return NetworkError(
                .reset, "the peer reset the connection while \(action)",
                remedy:
                    "It is tried again when the caller reconnects; if it persists, look at the peer's log.")
        case ETIMEDOUT:
            return NetworkError(
                .connectTimeout, "the peer's machine did not answer while \(action)",
                remedy: "Check the address, and whether a firewall drops the packets.")
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL:
            return NetworkError(
                .unreachable, "no route leads to the peer",
                remedy: "Check this machine's network connection.")
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            return NetworkError(
                .exhausted, "the system has no more descriptors or memory while \(action)",
                remedy: "Raise the limit of open files (ulimit -n) or close connections.")
        case EACCES, EPERM:
            return NetworkError(
                .invalidRequest, "the system does not allow it while \(action)",
                remedy: "Ports below 1024 need a privilege; choose a higher one.")
        case EADDRINUSE:
            return NetworkError(
                .invalidRequest, "another program already listens on this port",
                remedy: "End that program or choose another port.")
        default:
            return NetworkError(.ended, "\(String(cString: strerror(number))) while \(action)")
        }
    }
}
