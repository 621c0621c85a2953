/// What one non-blocking call did.
enum TransportResult {
    case bytes(Int)
    /// Nothing possible until the socket is readable (or, in TLS, writable).
    case waits(for: Readiness)
    /// The peer ended its side.
    case ended
    case failed(NetworkError)
}
