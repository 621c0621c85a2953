import Foundation

/// A datagram socket of the test's own, as a service manager has one.
package final class DatagramListener: Sendable {
    package struct Failure: Error {}

    /// As it stands in NOTIFY_SOCKET.
    package let place: String
    private let descriptor: Int32

    package init(_ folder: TemporaryFolder, isAbstract: Bool) throws {
        let path = isAbstract ? "yeoul-test-\(UUID().uuidString)" : folder.path(of: "notify")
        place = isAbstract ? "@" + path : path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure() }
        let name: [UInt8] = isAbstract ? [0] + Array(path.utf8) : Array(path.utf8) + [0]
        let address = withUnsafeBytes(of: UInt16(AF_UNIX)) { Array($0) } + name
        let status = address.withUnsafeBytes { raw in
            raw.baseAddress.map {
                bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
            } ?? -1
        }
        guard status == 0 else { throw Failure() }
    }

    deinit { close(descriptor) }

    /// The next datagram; nil when none comes in time. Holds no thread while it waits.
    package func next(milliseconds: Int = 60_000) async -> String? {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count >= 0 { return String(decoding: bytes[..<count], as: UTF8.self) }
            if ContinuousClock.now >= deadline { return nil }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Hears datagrams until one of them is what is wanted, for 90 s at most.
    package func hears(_ isWanted: (String) -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            if let message = await next(milliseconds: 1_000), isWanted(message) { return true }
        }
        return false
    }
}
