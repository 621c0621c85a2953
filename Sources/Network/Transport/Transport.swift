import COpenSSL
import Glibc

/// A connected, non-blocking socket, plain or with TLS on it. Belongs to its loop's thread.
final class Transport {
    let descriptor: Int32
    private let tls: OpaquePointer?
    private let host: String
    private var isOpen = true

    /// Takes over `descriptor`.
    init(plain descriptor: Int32) {
        self.descriptor = descriptor
        tls = nil
        host = ""
    }

    /// A client's side: `host` is the name to be verified and, unless it is an address, sent as SNI.
    init(client descriptor: Int32, host: String, context: TLSContext) throws(NetworkError) {
        self.descriptor = descriptor
        self.host = host
        tls = SSL_new(context.pointer)
        guard let tls, SSL_set_fd(tls, descriptor) == 1 else {
            // The caller keeps the descriptor.
            isOpen = false
            throw Self.unusable()
        }
        if SocketAddress(numeric: host, port: 0) != nil {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host)
        } else {
            _ = yeoul_tls_set_server_name(tls, host)
            SSL_set_hostflags(tls, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            SSL_set1_host(tls, host)
        }
        SSL_set_connect_state(tls)
    }

    init(server descriptor: Int32, context: TLSContext) throws(NetworkError) {
        self.descriptor = descriptor
        host = ""
        tls = SSL_new(context.pointer)
        guard let tls, SSL_set_fd(tls, descriptor) == 1 else {
            // The caller keeps the descriptor.
            isOpen = false
            throw Self.unusable()
        }
        SSL_set_accept_state(tls)
    }

    deinit {
        close()
        if let tls { SSL_free(tls) }
    }

    var isEncrypted: Bool { tls != nil }

    /// True when bytes wait inside TLS, of which the system's poll knows nothing.
    var hasBufferedInput: Bool {
        guard let tls else { return false }
        return SSL_has_pending(tls) == 1
    }

    private static func unusable() -> NetworkError {
        ERR_clear_error()
        return NetworkError(.exhausted, "a TLS connection cannot be set up", remedy: "Is there memory left?")
    }

    /// Carries the TLS handshake on; `.bytes` when it is done.
    func handshake() -> TransportResult {
        guard let tls else { return .bytes(0) }
        ERR_clear_error()
        errno = 0
        let status = SSL_do_handshake(tls)
        if status == 1 { return .bytes(0) }
        let verification = SSL_get_verify_result(tls)
        let result = outcome(of: status, tls, during: "agreeing on TLS")
        if case .failed = result, verification != Int(X509_V_OK), SSL_is_server(tls) == 0 {
            return .failed(.certificate(verification, host: host))
        }
        if case .ended = result {
            return .failed(
                NetworkError(
                    .ended, "the peer ended the connection while agreeing on TLS",
                    remedy: "Check that the port speaks TLS and that nothing in between cuts it."))
        }
        return result
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransportResult {
        guard let base = buffer.baseAddress, !buffer.isEmpty else { return .bytes(0) }
        if let tls {
            ERR_clear_error()
            errno = 0
            let count = SSL_read(tls, base, Int32(clamping: buffer.count))
            return count > 0 ? .bytes(Int(count)) : outcome(of: count, tls, during: "reading")
        }
        let count = recv(descriptor, base, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended }
        return failure(during: "reading", waitingFor: .readable)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> TransportResult {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return .bytes(0) }
        if let tls {
            ERR_clear_error()
            errno = 0
            let count = SSL_write(tls, base, Int32(clamping: bytes.count))
            return count > 0 ? .bytes(Int(count)) : outcome(of: count, tls, during: "sending")
        }
        let count = send(descriptor, base, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return .bytes(count) }
        return failure(during: "sending", waitingFor: .writable)
    }

    private func failure(during action: String, waitingFor readiness: Readiness) -> TransportResult {
        let number = errno
        if number == EAGAIN || number == EWOULDBLOCK || number == EINTR { return .waits(for: readiness) }
        return .failed(.system(number, during: action))
    }

    private func outcome(of status: Int32, _ tls: OpaquePointer, during action: String) -> TransportResult {
        let number = errno
        switch SSL_get_error(tls, status) {
        case SSL_ERROR_WANT_READ: return .waits(for: .readable)
        case SSL_ERROR_WANT_WRITE: return .waits(for: .writable)
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SYSCALL:
            ERR_clear_error()
            return number == 0 ? .ended : .failed(.system(number, during: action))
        default:
            // Ended without TLS's own farewell, as many servers do.
            let code = ERR_peek_last_error()
            if yeoul_tls_error_library(code) == ERR_LIB_SSL,
                yeoul_tls_error_reason(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING
            {
                ERR_clear_error()
                return .ended
            }
            return .failed(.tls(during: action))
        }
    }

    /// Says farewell (TLS's too, if it fits) and ends our side; the peer sees an orderly end.
    func finish() {
        guard isOpen else { return }
        if let tls, SSL_is_init_finished(tls) == 1 {
            SSL_shutdown(tls)
            ERR_clear_error()
        }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Gives the descriptor to another owner.
    func release() {
        isOpen = false
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Ends with a reset: the peer's next read fails.
    func reset() {
        guard isOpen else { return }
        var setting = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}
