import Foundation

/// Runs `psql` on our terminal. The password goes by a file or the environment, never by the arguments,
/// which every user of the machine can read.
package struct Psql: Sendable {
    package var program: String
    package var arguments: [String]
    /// Beyond our own environment.
    package var variables: [String: String]

    /// Against the private server.
    package init(_ lease: ClusterLease, role: ClusterRole, arguments: [String]) throws {
        program = try Self.find(beside: lease.installation?.programs)
        self.arguments = arguments
        variables = [
            "PGHOST": lease.address.socketFolder, "PGPORT": String(lease.address.port),
            "PGUSER": role.loginName, "PGDATABASE": ClusterAddress.database,
            "PGPASSFILE": lease.address.passwordFile,
        ]
    }

    /// Against the server of `database.url`.
    package init(url: String, arguments: [String]) throws {
        var parameters = try ConnectionOptions(url: url).parameters
        program = try Self.find(beside: nil)
        variables = parameters.removeValue(forKey: "password").map { ["PGPASSWORD": $0] } ?? [:]
        let words = parameters.sorted { $0.key < $1.key }.map { "\($0.key)='\(Self.escaped($0.value))'" }
        self.arguments = ["--dbname=" + words.joined(separator: " ")] + arguments
    }

    /// As libpq reads `keyword='value'`.
    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    }

    private static func find(beside programs: String?) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let folders = [programs].compactMap { $0 } + path.split(separator: ":").map(String.init)
        guard let found = folders.map({ $0 + "/psql" }).first(where: { access($0, X_OK) == 0 }) else {
            throw ClusterError(
                .programsMissing, "psql is not installed",
                remedy: "Install it: apt-get install postgresql-client")
        }
        return found
    }

    /// Waits for its end without holding a thread; answers its exit status.
    package func run() async throws -> Int32 {
        var environment = ProcessInfo.processInfo.environment
        // A PGSERVICE or PGOPTIONS of the caller would lead elsewhere.
        for name in environment.keys where name.hasPrefix("PG") && name != "PGTZ" {
            environment.removeValue(forKey: name)
        }
        environment.merge(variables) { $1 }
        var spawn = Spawn(program: program, arguments: arguments)
        spawn.folder = FileManager.default.currentDirectoryPath
        spawn.environment = environment.map { "\($0.key)=\($0.value)" }
        // Ctrl-C in psql cancels a query there; it must not end us. psql gets the default back.
        let earlier = signal(SIGINT, SIG_IGN)
        defer { signal(SIGINT, earlier) }
        let pid = try spawn.start(input: STDIN_FILENO, output: STDOUT_FILENO, errors: STDERR_FILENO)
        while true {
            if let status = ProcessTable.reap(pid) {
                let signal = status & 0x7f
                return signal == 0 ? (status >> 8) & 0xff : 128 + signal
            }
            await pause(milliseconds: 20)
        }
    }
}
