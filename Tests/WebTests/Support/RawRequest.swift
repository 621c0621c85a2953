import Glibc
import Network
import Web

/// Bytes to a server as they stand, and what comes back until it hangs up or two seconds pass.
enum RawRequest {
    static func answer(_ text: String, _ fixture: WebFixture) async throws -> String {
        let port = fixture.server.address.port
        return try await withCheckedThrowingContinuation { continuation in
            // Blocking calls belong on a thread that may block.
            do {
                try DedicatedThread(named: "raw-request") {
                    continuation.resume(returning: exchange(text, port: port))
                }.detach()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private static func exchange(_ text: String, port: UInt16) -> String {
        let descriptor = open(port: port)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)
        guard send(descriptor, &bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return "" }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            received += chunk[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }

    /// A connected socket whose reads give up after two seconds; negative when it could not be had.
    static func open(port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            return -1
        }
        return descriptor
    }
}
