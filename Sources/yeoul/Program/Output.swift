import Glibc

/// Where a verb prints its result: standard output, or a test's descriptor.
package final class Output: Sendable {
    /// The reader went away, as `head` does: there is nothing left to do, and nothing is wrong.
    package struct ReaderGone: Error {}

    private let descriptor: Int32
    /// Whether colours and moving lines are welcome.
    package let isTerminal: Bool
    package let colours: Bool

    package init(descriptor: Int32, environment: [String: String]) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        let refuses = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        colours = isTerminal && !refuses && environment["TERM"] != "dumb"
    }

    /// The width of the terminal, when it tells it.
    package var columns: Int? {
        var size = winsize()
        guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    package func line(_ text: String = "") throws {
        try write(text + "\n")
    }

    package func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                sent += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Somebody gave us a non-blocking descriptor; wait as a blocking one would.
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, 1_000)
            case EPIPE: throw ReaderGone()
            default:
                throw ProgramError(
                    "the output cannot be written: \(String(cString: strerror(errno)))",
                    place: "standard output", remedy: "Check the disk or the command that reads.")
            }
        }
    }
}
