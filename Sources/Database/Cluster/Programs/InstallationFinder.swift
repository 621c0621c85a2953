import Foundation

/// Finds the installed PostgreSQL servers.
struct InstallationFinder {
    private static let probeMilliseconds = 10_000

    /// All that are supported, newest first. `programs` names the only folder to look in.
    func find(programs: String?) async throws -> [Installation] {
        if let programs {
            guard let installation = try await probe(programs) else {
                throw ClusterError(
                    .programsMissing, "there are no PostgreSQL server programs in the given folder",
                    place: programs, remedy: "Name the folder that holds postgres and initdb")
            }
            guard Installation.supportedMajors.contains(installation.major) else {
                throw ClusterError(
                    .programsMissing, "PostgreSQL \(installation.version) is not supported", place: programs,
                    remedy: "Use PostgreSQL 15 to 18")
            }
            return [installation]
        }
        var found: [Installation] = []
        for folder in folders() {
            guard let installation = try await probe(folder),
                Installation.supportedMajors.contains(installation.major),
                !found.contains(where: { $0.major == installation.major })
            else { continue }
            found.append(installation)
        }
        guard !found.isEmpty else {
            throw ClusterError(
                .programsMissing, "no PostgreSQL server (15 to 18) is installed",
                remedy:
                    "Install one (apt-get install postgresql), name its programs' folder, or set database.url"
            )
        }
        return found.sorted { $0.major > $1.major }
    }

    /// Debian's places, Red Hat's, those of hand-made builds, then whatever the PATH holds.
    private func folders() -> [String] {
        var folders = Installation.supportedMajors.reversed().flatMap { major in
            ["/usr/lib/postgresql/\(major)/bin", "/usr/pgsql-\(major)/bin"]
        }
        folders.append("/usr/local/pgsql/bin")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        folders += path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        return folders
    }

    private func probe(_ folder: String) async throws -> Installation? {
        let needed = ["postgres", "initdb"].map { folder + "/" + $0 }
        guard needed.allSatisfy({ access($0, X_OK) == 0 }) else { return nil }
        let answer = try await run(folder + "/postgres", ["--version"])
        guard answer.waitStatus == 0, let version = Installation.version(from: answer.output) else {
            return nil
        }
        let libraries = try await folders(named: "--pkglibdir", of: folder, fallback: ["lib"])
        let shares = try await folders(
            named: "--sharedir", of: folder,
            fallback: ["share", "share/postgresql", "../../../share/postgresql/\(version.major)"])
        func has(_ extensionName: String) -> Bool {
            libraries.contains { access("\($0)/\(extensionName).so", R_OK) == 0 }
                && shares.contains { access("\($0)/extension/\(extensionName).control", R_OK) == 0 }
        }
        return Installation(
            programs: folder, major: version.major, version: version.version,
            hasTimescale: has("timescaledb"), hasStatementStatistics: has("pg_stat_statements"))
    }

    /// What this installation's pg_config says; where it is missing, the usual places beside the programs.
    private func folders(named option: String, of folder: String, fallback: [String]) async throws -> [String]
    {
        let usual = fallback.map { Files.real(folder) + "/../" + $0 }
        guard access(folder + "/pg_config", X_OK) == 0 else { return usual }
        let answer = try await run(folder + "/pg_config", [option])
        let said = answer.output.split(whereSeparator: \.isNewline).first.map(String.init)
        // /usr/bin/pg_config may speak for another version than the postgres beside it.
        return [said].compactMap { $0 } + usual
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> Program.Outcome {
        try await Program(
            spawn: Spawn(program: program, arguments: arguments), deadlineMilliseconds: Self.probeMilliseconds
        ).run()
    }
}
