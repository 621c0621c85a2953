import Foundation

/// A process of the server's own account that has nothing to do with the server.
final class Bystander {
    private let process = Process()
    var pid: Int32 { process.processIdentifier }

    init(workingIn folder: String = "/") throws {
        let account =
            geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = account + ["sleep", "60"]
        // Whoever reads the suite's output must not wait for this one.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        try process.run()
    }

    deinit {
        // Not SIGTERM: a child of one of dispatch's threads has inherited that it is blocked.
        kill(process.processIdentifier, SIGKILL)
    }
}
