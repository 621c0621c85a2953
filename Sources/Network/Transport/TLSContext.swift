import COpenSSL

/// Keys and rules of TLS for many connections: TLS 1.2 at least, always verified by a client.
package final class TLSContext: @unchecked Sendable {
    // OpenSSL allows a context that no longer changes to be used from all threads.
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        yeoul_tls_prepare_modes(pointer)
        _ = yeoul_tls_minimum_version_1_2(pointer)
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    package static func client(trusting trust: Trust = .system) throws(NetworkError) -> TLSContext {
        guard let raw = SSL_CTX_new(TLS_client_method()) else { throw unusable() }
        let context = TLSContext(raw)
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
        let status: Int32
        switch trust {
        case .system:
            status = SSL_CTX_set_default_verify_paths(raw)
        case .authorities(let file):
            status = SSL_CTX_load_verify_locations(raw, file, nil)
        }
        guard status == 1 else {
            ERR_clear_error()
            var place = "the system's authorities"
            if case .authorities(let file) = trust { place = file }
            throw NetworkError(
                .invalidRequest, "the trusted certificates cannot be read", at: place,
                remedy: "Give a readable PEM file with at least one certificate, "
                    + "or install the package ca-certificates.")
        }
        // WebSocket and our HTTP speak 1.1 only.
        let protocols: [UInt8] = [8] + Array("http/1.1".utf8)
        SSL_CTX_set_alpn_protos(raw, protocols, UInt32(protocols.count))
        return context
    }

    package static func server(
        certificateFile: String, keyFile: String
    ) throws(NetworkError) -> TLSContext {
        guard let raw = SSL_CTX_new(TLS_server_method()) else { throw unusable() }
        let context = TLSContext(raw)
        guard SSL_CTX_use_certificate_chain_file(raw, certificateFile) == 1 else {
            ERR_clear_error()
            throw NetworkError(
                .invalidRequest, "the certificate cannot be read", at: certificateFile,
                remedy: "Give a PEM file: the server's certificate first, then those up to its authority.")
        }
        guard SSL_CTX_use_PrivateKey_file(raw, keyFile, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(raw) == 1
        else {
            ERR_clear_error()
            throw NetworkError(
                .invalidRequest, "the private key cannot be read or does not belong to the certificate",
                at: keyFile, remedy: "Give the certificate's own key, without a passphrase, as a PEM file.")
        }
        return context
    }

    private static func unusable() -> NetworkError {
        ERR_clear_error()
        return NetworkError(.exhausted, "OpenSSL cannot be set up", remedy: "Is there memory left?")
    }
}
