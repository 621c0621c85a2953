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
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        try process.run()
    }

    deinit {
        process.terminate()
    }
}
