import CSpawn
import Foundation

/// Starts programs: nothing inherited but what is named here, and as another account when we are root.
struct Spawn {
    var program: String
    var arguments: [String]
    /// Run as this account instead of ours.
    var account: Account?
    var folder: String = "/"
    /// Beyond the reach of our terminal's Ctrl-C.
    var newSession = false
    var environment = Spawn.ownEnvironment

    /// What every program gets: an environment of our making, so that the caller's (or its absence)
    /// changes nothing.
    static let ownEnvironment = [
        "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/", "LC_ALL=C", "TZ=UTC", "PGTZ=UTC",
    ]

    /// setpriv of util-linux replaces itself by the program, so the process number stays the same.
    private static let setprivPaths = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/sbin/setpriv"]

    /// The whole command line, with the change of account in front.
    func commandLine() throws -> [String] {
        guard let account else { return [program] + arguments }
        guard let setpriv = Self.setprivPaths.first(where: { access($0, X_OK) == 0 }) else {
            throw ClusterError(
                .programsMissing, "setpriv is missing; it runs the server under the account \(account.name)",
                remedy: "Install util-linux")
        }
        return [
            setpriv, "--reuid=\(account.user)", "--regid=\(account.group)", "--init-groups",
            "--inh-caps=-all", "--", program,
        ] + arguments
    }

    func start(input: Int32, output: Int32, errors: Int32? = nil) throws -> Int32 {
        let words = try commandLine()
        var pid: pid_t = 0
        let failure = withCStrings(words) { words in
            withCStrings(environment) { environment in
                folder.withCString { folder in
                    var options = yeoul_spawn_options(
                        input: input, output: output, error: errors ?? output, folder: folder,
                        new_session: newSession)
                    return yeoul_spawn(&pid, words[0], words, environment, &options)
                }
            }
        }
        guard failure == 0 else { throw Files.failure("start it", words[0], failure) }
        return pid
    }
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
}
