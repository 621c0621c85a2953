import Glibc
import Synchronization

/// The system's resolver, asked anew each time, each question on a thread of its own.
///
/// A question that hangs keeps its thread until the system gives up, so at most `questionsMax` run at
/// once; one more is refused with `exhausted`.
package final class SystemResolver: HostResolver {
    package static let questionsMax = 16
    /// Addresses taken from one answer.
    package static let addressesMax = 8

    private let running = Mutex(0)

    package init() {}

    package func resolve(
        host: String, port: UInt16,
        completion: @escaping @Sendable (Result<[SocketAddress], NetworkError>) -> Void
    ) {
        if let address = SocketAddress(numeric: host, port: port) {
            completion(.success([address]))
            return
        }
        let isFree = running.withLock { count in
            guard count < Self.questionsMax else { return false }
            count += 1
            return true
        }
        guard isFree else {
            completion(.failure(Self.busy(host)))
            return
        }
        do {
            let thread = try DedicatedThread(named: "yeoul-dns") {
                let answer = Self.ask(host: host, port: port)
                self.running.withLock { $0 -= 1 }
                completion(answer)
            }
            thread.detach()
        } catch {
            running.withLock { $0 -= 1 }
            completion(.failure(Self.busy(host)))
        }
    }

    private static func busy(_ host: String) -> NetworkError {
        NetworkError(
            .exhausted, "too many name look-ups are under way", at: host,
            remedy: "The name server does not answer; check /etc/resolv.conf and the network.")
    }

    private static func ask(host: String, port: UInt16) -> Result<[SocketAddress], NetworkError> {
        var hints = addrinfo()
        hints.ai_flags = AI_ADDRCONFIG
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard status == 0 else {
            let reason = String(cString: gai_strerror(status))
            return .failure(
                NetworkError(
                    .nameNotFound, "the name has no address: \(reason)", at: host,
                    remedy: "Check the spelling of the host, and that this machine's name server answers."))
        }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next, addresses.count < addressesMax {
            if let address = entry.pointee.ai_addr {
                addresses.append(SocketAddress(address, length: entry.pointee.ai_addrlen))
            }
            next = entry.pointee.ai_next
        }
        return .success(addresses)
    }
}
