import Foundation
import Glibc
import Network
import Synchronization
import TestKit

/// A caller who means harm: opens connections by the hundred, and sends what no server wants.
final class Abuse: Sendable {
    struct Calls: Sendable {
        var sent = 0
        var answered = 0
    }

    private static let handshake =
        "GET /api/stream?channels=status HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    private static let requests: [[UInt8]] = [
        // A head that never ends, one that is too large, a body that is announced, and one that is sent.
        Array("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ".utf8),
        Array(
            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n".utf8),
        Array("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000000\r\n\r\n".utf8),
        Array("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000000\r\n\r\n".utf8)
            + [UInt8](repeating: 97, count: 60_000),
        // Paths that lead elsewhere, and bytes that mean nothing.
        Array("GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8),
        Array("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8),
        Array("GET /api/candles?symbol=KRW-BTC&limit=99999999 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8),
        [0, 1, 2, 255, 13, 10, 13, 10],
        // What costs something, without waiting for the answer.
        Array("GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8),
        Array("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8),
        // Frames against the rules: unmasked, and 2^62 bytes to come.
        Array(handshake.utf8) + [0x81, 0x01, 0x61],
        Array(handshake.utf8) + [0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]

    private let isStopping = Atomic(false)
    private let calls = Mutex(Calls())
    private let isEnded = Atomic(false)

    init(port: UInt16, connections: Int) throws {
        try DedicatedThread(named: "abuse") { [self] in
            var number = 0
            while !isStopping.load(ordering: .acquiring) {
                var open: [Int32] = []
                for _ in 0..<connections where !isStopping.load(ordering: .acquiring) {
                    let descriptor = Self.connect(port)
                    guard descriptor >= 0 else { continue }
                    open.append(descriptor)
                    let request = Self.requests[number % Self.requests.count]
                    number += 1
                    _ = send(descriptor, request, request.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                    calls.withLock { $0.sent += 1 }
                }
                usleep(500_000)
                for descriptor in open {
                    var bytes = [UInt8](repeating: 0, count: 512)
                    let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
                    if count > 0 { calls.withLock { $0.answered += 1 } }
                    close(descriptor)
                }
            }
            isEnded.store(true, ordering: .releasing)
        }.detach()
    }

    /// What it came to.
    func stop() async -> Calls {
        isStopping.store(true, ordering: .releasing)
        for _ in 0..<1_000 where !isEnded.load(ordering: .acquiring) {
            try? await Task.sleep(for: .milliseconds(20))
        }
        return calls.withLock { $0 }
    }

    /// Negative when the server takes nobody any more.
    private static func connect(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            return -1
        }
        return descriptor
    }
}
