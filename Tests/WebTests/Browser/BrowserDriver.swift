import Foundation
import Synchronization

/// chromedriver in a session of its own, which ends with this value, and with this process however that ends:
/// a shell keeps watch on a pipe from us.
final class BrowserDriver: Sendable {
    private let input: Mutex<FileHandle>

    init(port: Int, folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            setsid chromedriver --port=\(port) --log-path="$HOME/driver.log" >/dev/null 2>&1 </dev/null &
            driver=$!
            while read -r line; do :; done
            kill -s KILL -- "-$driver"
            """,
        ]
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = folder
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        let pipe = Pipe()
        // Were the writing end passed on to a child, the shell would never see its input end.
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try? pipe.fileHandleForReading.close()
        input = Mutex(pipe.fileHandleForWriting)
    }

    deinit {
        input.withLock { try? $0.close() }
    }
}
