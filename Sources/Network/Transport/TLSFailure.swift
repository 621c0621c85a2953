import COpenSSL

extension NetworkError {
    /// Our words for why a certificate was refused; `result` is X509_V_ERR_….
    static func certificate(_ result: Int, host: String) -> NetworkError {
        switch Int32(result) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
            return NetworkError(
                .unknownAuthority, "the certificate of \(host) is signed by an authority that is not trusted",
                remedy: "Install the package ca-certificates; if you run the server yourself, name its "
                    + "authority's PEM file in exchange.ca.")
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return NetworkError(
                .wrongHostName, "the certificate is not for \(host)",
                remedy: "Connect by a name that stands in the certificate; "
                    + "if the name is right, somebody may be answering in its place.")
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return NetworkError(
                .certificateExpired, "the certificate of \(host) has expired",
                remedy: "Check this machine's clock; otherwise the server's owner must renew it.")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return NetworkError(
                .certificateNotYetValid, "the certificate of \(host) is not valid yet",
                remedy: "Check this machine's clock.")
        default:
            let reason = String(cString: X509_verify_cert_error_string(result))
            return NetworkError(
                .certificateRefused, "the certificate of \(host) is refused: \(reason)",
                remedy: "The server's owner must install a valid chain of certificates.")
        }
    }

    /// The words for the newest entry of this thread's OpenSSL error queue, which is emptied.
    static func tls(during action: String) -> NetworkError {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        let reason = yeoul_tls_error_reason(code)
        if yeoul_tls_error_library(code) == ERR_LIB_SSL,
            reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST
                || reason == SSL_R_PACKET_LENGTH_TOO_LONG
        {
            return NetworkError(
                .notTLS, "the peer does not speak TLS on this port",
                remedy: "Use ws:// or http:// for it, or give the port that speaks TLS.")
        }
        let words = ERR_reason_error_string(code).map { String(cString: $0) } ?? "unknown reason"
        return NetworkError(
            .tlsFailed, "TLS failed while \(action): \(words)",
            remedy: "TLS 1.2 or later is needed on both sides.")
    }
}
