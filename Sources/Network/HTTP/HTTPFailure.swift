import CCurl
import COpenSSL
import Glibc

/// Our words for libcurl's codes.
enum HTTPFailure {
    static func error(
        _ result: Int32, of transfer: HTTPTransfer, easy: UnsafeMutableRawPointer,
        detail: UnsafePointer<CChar>
    ) -> NetworkError {
        let host = transfer.call.address.host
        let words = String(cString: detail)
        let code = CURLcode(rawValue: UInt32(bitPattern: result))
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return NetworkError(
                .nameNotFound, "the name has no address",
                remedy: "Check the spelling of the host, and that this machine's name server answers.")
        case CURLE_COULDNT_CONNECT:
            let number = Int32(yeoul_curl_get_long(easy, CURLINFO_OS_ERRNO))
            return .system(number == 0 ? ECONNREFUSED : number, during: "connecting")
        case CURLE_OPERATION_TIMEDOUT:
            return timeout(easy)
        case CURLE_PEER_FAILED_VERIFICATION:
            let verification = yeoul_curl_get_long(easy, CURLINFO_SSL_VERIFYRESULT)
            // libcurl compares the name itself; OpenSSL then has no complaint, or none that it specifies.
            let isName = verification <= Int(X509_V_ERR_UNSPECIFIED)
            return .certificate(isName ? Int(X509_V_ERR_HOSTNAME_MISMATCH) : verification, host: host)
        case CURLE_SSL_CACERT_BADFILE:
            return NetworkError(
                .invalidRequest, "the trusted certificates cannot be read",
                remedy: "Give a readable PEM file with at least one certificate, "
                    + "or install the package ca-certificates.")
        case CURLE_SSL_CONNECT_ERROR:
            if words.contains("wrong version number") || words.contains("packet length too long") {
                return NetworkError(
                    .notTLS, "the peer does not speak TLS on this port",
                    remedy: "Use http:// for it, or give the port that speaks TLS.")
            }
            return NetworkError(
                .tlsFailed, "TLS failed: \(words)", remedy: "TLS 1.2 or later is needed on both sides.")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            return .system(ECONNRESET, during: "waiting for the answer")
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE:
            return NetworkError(
                .ended, "the peer ended the connection before the answer was whole",
                remedy: "Try again; if it persists, look at the peer's log.")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL:
            return NetworkError(
                .protocolViolation, "the answer is not HTTP that can be read: \(words)",
                remedy: "Check the host and the port: something else may listen there.")
        default:
            let general = String(cString: curl_easy_strerror(code))
            return NetworkError(.ended, "the call failed: \(words.isEmpty ? general : words)")
        }
    }

    private static func timeout(_ easy: UnsafeMutableRawPointer) -> NetworkError {
        let name = yeoul_curl_get_offset(easy, CURLINFO_NAMELOOKUP_TIME_T)
        let ready = yeoul_curl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T)
        if name == 0 {
            return NetworkError(
                .nameTimeout, "the name was not resolved in time",
                remedy: "The name server does not answer; check /etc/resolv.conf and the network.")
        }
        if ready == 0 {
            return NetworkError(
                .connectTimeout, "the peer did not take the connection in time",
                remedy: "Check the address, and whether a firewall drops the packets.")
        }
        return NetworkError(
            .totalTimeout, "the answer was not whole in time",
            remedy: "The peer is slow; ask for less at once, or allow more time.")
    }

    static let firstByte = NetworkError(
        .firstByteTimeout, "the peer took the request and then stayed silent",
        remedy: "During maintenance an exchange may hang like this; try again later.")
}
