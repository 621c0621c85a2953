/// What a running server says of itself in `postmaster.pid`.
package struct PostmasterFile: Sendable, Equatable {
    package enum Status: String, Sendable {
        case starting
        case stopping
        case ready
        /// Read-only, following another server.
        case standby
        /// The file is still being written.
        case unknown
    }

    package let pid: Int32
    package let port: Int?
    package let socketFolder: String?
    package let status: Status

    package init(pid: Int32, port: Int?, socketFolder: String?, status: Status) {
        self.pid = pid
        self.port = port
        self.socketFolder = socketFolder
        self.status = status
    }

    /// Lines: process, data folder, start time, port, first socket folder, TCP address, shared memory, status.
    package init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // A stand-alone server (single-user mode) writes its number with a minus sign.
        guard let number = lines.first.flatMap({ Int32($0) }), number != 0, number != Int32.min else {
            return nil
        }
        pid = abs(number)
        port = lines.count > 3 ? Int(lines[3]) : nil
        socketFolder = lines.count > 4 && !lines[4].isEmpty ? lines[4] : nil
        let word = lines.count > 7 ? lines[7].prefix { !$0.isWhitespace } : ""
        status = Status(rawValue: String(word)) ?? .unknown
    }

    /// The socket's own path.
    package var socket: String? {
        guard let socketFolder, let port else { return nil }
        return "\(socketFolder)/.s.PGSQL.\(port)"
    }
}
