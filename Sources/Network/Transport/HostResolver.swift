import Glibc
import Synchronization

/// Turns a name into addresses. A test puts a slow or a lying one in its place.
package protocol HostResolver: Sendable {
    /// Calls `completion` once, from any thread, now or later; whoever asks sets his own deadline.
    func resolve(
        host: String, port: UInt16,
        completion: @escaping @Sendable (Result<[SocketAddress], NetworkError>) -> Void)
}
