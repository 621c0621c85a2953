import Diagnostics

/// What can go wrong between two peers, in our own words and with what to do next.
package struct NetworkError: ExplainedError, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// The address, a header or a setting that was given cannot be used.
        case invalidRequest
        /// The name has no address, or the answer came too late.
        case nameNotFound, nameTimeout
        /// Nobody listens there; no way leads there.
        case refused, unreachable
        /// The peer did not take the connection, or stayed silent, until the deadline.
        case connectTimeout, handshakeTimeout, firstByteTimeout, totalTimeout
        /// The peer cut the connection: with a reset, or by ending it where it must not.
        case reset, ended
        /// TLS: the certificates, then everything else.
        case unknownAuthority, wrongHostName, certificateExpired, certificateNotYetValid, certificateRefused
        case notTLS, tlsFailed
        /// The peer answered the upgrade with something else; `httpStatus` says what.
        case upgradeRefused
        /// The peer broke the protocol.
        case protocolViolation
        /// A message or an answer is larger than its bound.
        case tooLarge
        /// Nothing came for longer than the keep-alive allows: the connection is half open.
        case silent
        /// The outgoing queue is at its bound: the peer reads too slowly.
        case queueFull
        /// The peer closed with a close frame; `closeCode` says with which.
        case closedByPeer
        /// We closed.
        case closedByUs, cancelled
        /// The operating system lacks something: descriptors, memory, threads.
        case exhausted
    }

    package let code: Code
    package let what: String
    package let place: String?
    package let remedy: String?
    package let httpStatus: Int?
    package let closeCode: UInt16?

    package init(
        _ code: Code, _ what: String, at place: String? = nil, remedy: String? = nil,
        httpStatus: Int? = nil, closeCode: UInt16? = nil
    ) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
        self.httpStatus = httpStatus
        self.closeCode = closeCode
    }

    func at(_ place: String) -> NetworkError {
        NetworkError(
            code, what, at: self.place ?? place, remedy: remedy, httpStatus: httpStatus, closeCode: closeCode)
    }
}
