import Glibc
import Network

/// A peer that speaks bytes: what no well-behaved client or server would send. Calls block a thread of
/// their own, never Swift's.
final class RawPeer: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Connects to a server on loopback.
    static func connect(to port: UInt16) throws -> RawPeer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw NetworkError(.refused, "errno \(errno)")
        }
        return RawPeer(descriptor)
    }

    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.send(
                    descriptor, raw.baseAddress.map { $0 + offset }, raw.count - offset, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            offset += count
        }
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// What came until the peer ended, `enough` was seen, or `milliseconds` of silence.
    func receive(until enough: String? = nil, milliseconds: Int = 5_000) async -> String {
        String(decoding: await receiveBytes(until: enough, milliseconds: milliseconds), as: UTF8.self)
    }

    func receiveBytes(until enough: String? = nil, milliseconds: Int = 5_000) async -> [UInt8] {
        await onThread {
            var limit = timeval(tv_sec: milliseconds / 1_000, tv_usec: (milliseconds % 1_000) * 1_000)
            setsockopt(
                self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var all: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(self.descriptor, &chunk, chunk.count, 0)
                guard count > 0 else { return all }
                all += chunk[..<count]
                if let enough, String(decoding: all, as: UTF8.self).contains(enough) { return all }
            }
        }
    }

    func reset() {
        var setting = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RD))
    }

    static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

/// A listening socket whose connections a test treats as it likes.
final class RawListener: Sendable {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = RawPeer.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(descriptor, raw, length) + listen(descriptor, 64) + getsockname(descriptor, raw, &length)
            }
        }
        guard status == 0 else { throw NetworkError(.exhausted, "errno \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    func accept() async -> RawPeer {
        await onThread { RawPeer(Glibc.accept(self.descriptor, nil, nil)) }
    }
}

/// Runs what blocks on a thread of its own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        do {
            try DedicatedThread(named: "test") { continuation.resume(returning: body()) }.detach()
        } catch {
            continuation.resume(returning: body())
        }
    }
}
