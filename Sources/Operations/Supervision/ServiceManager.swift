import Glibc
import Synchronization

/// Tells the service manager (systemd) how we are, in its protocol: datagrams to the socket that the
/// environment names. Without one, or when it takes nothing, nothing happens and nothing waits.
package final class ServiceManager: Sendable {
    /// The variables that are for this process alone: children must not speak in its place.
    package static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
    /// Longer texts of the state are cut.
    package static let statusBytesMax = 500
    /// A manager that wants to hear us more often than that is told at this pace.
    package static let beatMillisecondsMin = 10

    private let descriptor: Int32
    private let address: [UInt8]
    /// How soon we are ended when nothing is heard of us; nil: never.
    package let watchdogMilliseconds: Int?

    /// nil: nobody listens.
    package init?(environment: [String: String], process: Int32 = getpid()) {
        guard let place = environment["NOTIFY_SOCKET"], let address = Self.address(place) else { return nil }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.address = address
        let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
        watchdogMilliseconds = microseconds.flatMap { isForUs && $0 > 0 ? Int(max(1, $0 / 1_000)) : nil }
    }

    deinit { close(descriptor) }

    /// Everything works that shall work.
    package func ready(_ status: String) { send("READY=1\nSTATUS=\(Self.line(status))") }
    /// What is to be read in `systemctl status`.
    package func status(_ status: String) { send("STATUS=\(Self.line(status))") }
    package func stopping() { send("STOPPING=1\nSTATUS=Ending") }
    package func beat() { send("WATCHDOG=1") }

    /// Beats twice in the watchdog's time for as long as `isAlive` says so; then the manager ends us.
    package func watch(isAlive: @escaping @Sendable () -> Bool) -> Task<Void, Never>? {
        guard let watchdogMilliseconds else { return nil }
        let pause = max(Self.beatMillisecondsMin, watchdogMilliseconds / 2)
        return Task {
            while !Task.isCancelled {
                if isAlive() { self.beat() }
                try? await Task.sleep(for: .milliseconds(pause))
            }
        }
    }

    /// One line, and not a long one: a line feed would begin another message of ours.
    private static func line(_ text: String) -> String {
        let safe = text.unicodeScalars.map { $0.value < 32 ? " " : Character($0) }
        var line = String(safe)
        while line.utf8.count > statusBytesMax { line.removeLast() }
        return line
    }

    private func send(_ text: String) {
        let bytes = Array(text.utf8)
        address.withUnsafeBytes { raw in
            guard let base = raw.bindMemory(to: sockaddr.self).baseAddress else { return }
            _ = sendto(
                descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), base,
                socklen_t(raw.count))
        }
    }

    /// A path, or an abstract name behind `@`; nil when it is neither.
    private static func address(_ place: String) -> [UInt8]? {
        var name = Array(place.utf8)
        guard let first = name.first, name.count > 1, name.count < 108 else { return nil }
        switch first {
        case UInt8(ascii: "/"): name.append(0)
        case UInt8(ascii: "@"): name[0] = 0
        default: return nil
        }
        let family = UInt16(AF_UNIX)
        return [UInt8(truncatingIfNeeded: family), UInt8(truncatingIfNeeded: family >> 8)] + name
    }
}
