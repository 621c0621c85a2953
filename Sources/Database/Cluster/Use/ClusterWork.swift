import Foundation

/// The steps of one start, performed as `StartMachine` asks for them. Only under the guard.
struct ClusterWork {
    let settings: ClusterSettings
    let layout: ClusterLayout
    let account: Account?
    private(set) var notices: [String] = []
    private var installations: [Installation] = []
    /// The server process that we started.
    private var child: Int32?
    private var childStatus: Int32?
    private var spawnedAt: Int64 = 0
    private var socketFolder: String?

    struct Ready {
        var file: PostmasterFile
        var startedByUs: Bool
        var installation: Installation?
    }

    init(settings: ClusterSettings, layout: ClusterLayout, account: Account?) {
        self.settings = settings
        self.layout = layout
        self.account = account
    }

    mutating func findInstallations(_ preflight: Preflight) async throws {
        guard installations.isEmpty else { return }
        installations = try await InstallationFinder().find(programs: settings.programs)
        if let newest = installations.first { try await preflight.requireRunnable(newest) }
    }

    func requireSpace(in folder: String) throws {
        let free = try Files.freeBytes(folder)
        if free < StartMachine.createBytesMin {
            throw explain(.diskFull(freeBytes: free, neededBytes: StartMachine.createBytesMin))
        }
    }

    mutating func start(_ preflight: Preflight) async throws -> Ready {
        var machine = StartMachine(deadlines: settings.deadlines)
        let finder = FactFinder(layout: layout)
        let clock = Stopwatch()
        while true {
            if Task.isCancelled {
                // It ends by itself; whoever starts next waits for that.
                if let child { kill(child, SIGINT) }
                throw CancellationError()
            }
            if case .running = try finder.findPostmaster() {} else { try await findInstallations(preflight) }
            let facts = try finder.find(child: lookAfterChild(), installedMajors: installations.map(\.major))
            switch machine.next(facts, nowMilliseconds: clock.milliseconds) {
            case .removeUnfinishedCreation: try Files.removeTree(layout.creation)
            case .create(let major): try await create(try installation(major), try finder.passwords())
            case .resetPasswords(let major):
                try await resetPasswords(try installation(major), try finder.passwords())
            case .removeStaleFile: try Files.remove(layout.postmasterFile)
            case .spawn(let major): try spawn(try installation(major))
            case .wait(let milliseconds): await pause(milliseconds: milliseconds)
            case .ready(let file, let startedByUs):
                return Ready(file: file, startedByUs: startedByUs, installation: running())
            case .refuse(let reason):
                // It stays when something is in it: then a server may still be coming up.
                if let socketFolder { rmdir(socketFolder) }
                throw explain(reason)
            }
        }
    }

    private func explain(_ reason: StartMachine.Reason) -> ClusterError {
        Explanation(layout: layout, installations: installations, account: account)
            .error(for: reason, spawnedAt: spawnedAt)
    }

    /// The programs that made the running cluster.
    private func running() -> Installation? {
        guard case .cluster(let major) = try? FactFinder(layout: layout).findServer() else { return nil }
        return installations.first { $0.major == major }
    }

    private func installation(_ major: Int) throws -> Installation {
        guard let found = installations.first(where: { $0.major == major }) else {
            throw explain(.otherMajor(found: major, installed: installations.map(\.major)))
        }
        return found
    }

    private mutating func lookAfterChild() -> ClusterFacts.Child {
        guard let child else { return .none }
        if let status = ProcessTable.reap(child) { childStatus = status }
        return childStatus.map { .ended($0) } ?? .running
    }

    // MARK: A new cluster

    /// Everything happens in a folder of another name, which gets its own when nothing is left to do: a
    /// creation that was interrupted anywhere is thrown away whole.
    private func create(_ installation: Installation, _ kept: ClusterPasswords) async throws {
        var passwords = kept
        var random = SystemRandomNumberGenerator()
        passwords.complete(using: &random)
        try Files.write(passwords.text, to: layout.passwords, mode: 0o600)
        try Files.makeFolder(layout.creation, mode: 0o700, owner: account)
        let arguments = ["-D", layout.creation] + installation.creationArguments
        do {
            _ = try await run(installation, "initdb", arguments, in: layout.creation)
            try await bootstrap(
                installation, Bootstrap(passwords: passwords).creation, layout.creation, passwords)
            try Files.rename(layout.creation, to: layout.server)
        } catch let error as ClusterError {
            // What is left would be thrown away at the next start; a full disk wants it back now.
            try Files.removeTree(layout.creation)
            throw Explanation(layout: layout, installations: [], account: account).creationFailure(error)
        }
    }

    private func resetPasswords(_ installation: Installation, _ kept: ClusterPasswords) async throws {
        var passwords = kept
        var random = SystemRandomNumberGenerator()
        passwords.complete(using: &random)
        try await bootstrap(installation, Bootstrap(passwords: passwords).reset, layout.server, passwords)
        // After the server has them: if we end between the two, the file is still incomplete.
        try Files.write(passwords.text, to: layout.passwords, mode: 0o600)
    }

    /// Feeds statements to PostgreSQL's single-user mode.
    private func bootstrap(
        _ installation: Installation, _ statements: String, _ folder: String, _ passwords: ClusterPasswords
    ) async throws {
        let arguments = [
            "--single", "-D", folder, "-c", "exit_on_error=true", "-c", "shared_preload_libraries=",
            "-c", "logging_collector=off", "-c", "log_checkpoints=off", "postgres",
        ]
        _ = try await run(
            installation, "postgres", arguments, in: folder, input: statements, redacting: passwords)
    }

    private func run(
        _ installation: Installation, _ program: String, _ arguments: [String], in folder: String,
        input: String = "", redacting passwords: ClusterPasswords = ClusterPasswords()
    ) async throws -> String {
        // Working in the cluster's folder is how a later start recognises a program that outlived us.
        let spawn = Spawn(
            program: installation.program(program), arguments: arguments, account: account, folder: folder)
        return try await Program(
            spawn: spawn, input: input, deadlineMilliseconds: settings.deadlines.createMilliseconds
        ).runOrThrow(redacting: passwords)
    }

    // MARK: The server

    private mutating func spawn(_ installation: Installation) throws {
        let choice = try PortChoice.choose(
            asked: settings.port, kept: try PrivateCluster(settings).keptPort(), free: SocketProbe.freePort)
        if let lost = choice.lost {
            notices.append(
                "port \(lost) is taken by another program: the database now listens on \(choice.port)")
        }
        let socketFolder = try RuntimeFolder.prepare(
            dataFolder: Files.real(layout.dataFolder), account: account)
        self.socketFolder = socketFolder
        try removeStaleSockets(in: socketFolder)
        let serverSettings = ServerSettings(
            profile: settings.profile, machine: .current(), installation: installation,
            socketFolder: socketFolder, port: choice.port, layout: layout)
        try Files.write(serverSettings.text, to: layout.settingsFile, mode: 0o600, owner: account)
        try Files.write(ServerSettings.accessText, to: layout.accessFile, mode: 0o600, owner: account)
        try Files.makeFolder(layout.log, mode: 0o750, owner: account)
        try Files.write("\(choice.port)\n", to: layout.port, mode: 0o644)

        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        let log = Glibc.open(layout.startLog, flags, 0o640)
        guard log >= 0 else { throw Files.failure("open it", layout.startLog) }
        defer { close(log) }
        let nothing = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard nothing >= 0 else { throw Files.failure("open it", "/dev/null") }
        defer { close(nothing) }
        let spawn = Spawn(
            program: installation.program("postgres"), arguments: ["-D", layout.server], account: account,
            folder: layout.server, newSession: true)
        spawnedAt = ServerLog.moment()
        child = try spawn.start(input: nothing, output: log)
    }

    /// No server of ours runs, so what lies in our socket folder is left over. PostgreSQL would refuse to
    /// start when the process number in a leftover lock file belongs to somebody else by now.
    private func removeStaleSockets(in folder: String) throws {
        for name in try Files.names(in: folder) ?? [] where name.hasPrefix(".s.PGSQL.") {
            try Files.remove(folder + "/" + name)
        }
    }
}
