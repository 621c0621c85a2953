import Foundation

/// Our own PostgreSQL server, in our data folder: made when there is none, started when it does not run,
/// joined when it does. The decisions are `StartMachine`'s and `StopMachine`'s; this performs them.
package struct PrivateCluster: Sendable {
    package let settings: ClusterSettings
    package let layout: ClusterLayout

    package init(_ settings: ClusterSettings) throws {
        try settings.check()
        self.settings = settings
        layout = ClusterLayout(dataFolder: settings.dataFolder)
    }

    /// Starts or joins the server; returns when it answers.
    package func open() async throws -> ClusterLease {
        let account = try Account.forServer(named: settings.account)
        let preflight = Preflight(layout: layout, account: account)
        try await preflight.check()
        var work = ClusterWork(settings: settings, layout: layout, account: account)
        if try Files.status(layout.server) == nil {
            // Whatever stands against a new server is said before a single file is made.
            try await work.findInstallations(preflight)
            try work.requireSpace(in: preflight.nearestExisting(layout.dataFolder))
        }
        try DataFolder.claim(layout)
        try Files.makeFolder(layout.database, mode: 0o755)
        return try await withGuard(isCancellable: true) {
            let ready = try await work.start(preflight)
            let usersLock = try FileLock(layout.usersLock)
            // Exclusively it is taken under the guard only, which is ours now.
            guard usersLock.takeShared() else {
                throw ClusterError(.busy, "the lock of the server's users is held", place: layout.usersLock)
            }
            return ClusterLease(
                cluster: self, address: try address(of: ready.file), installation: ready.installation,
                startedByUs: ready.startedByUs, pid: ready.file.pid, notices: work.notices,
                usersLock: usersLock)
        }
    }

    package enum StopOutcome: Sendable, Equatable {
        case wasNotRunning
        case stopped
        /// The fast stop took too long; the next start will recover.
        case stoppedImmediately
    }

    /// Stops the server for everybody. Refuses while others of ours use it, unless `force`.
    package func stop(force: Bool = false) async throws -> StopOutcome {
        guard try DataFolder.examine(layout) == .ours, try Files.exists(layout.database) else {
            throw absence
        }
        return try await withGuard {
            let usersLock = try FileLock(layout.usersLock)
            if !usersLock.takeExclusive() && !force {
                let users = usersLock.otherHolders().map(String.init).joined(separator: ", ")
                throw ClusterError(
                    .inUse, "the private database is used by other processes (\(users))",
                    place: layout.database, remedy: "End them first, or stop it all the same with --force")
            }
            try Files.remove(layout.pin)
            return try await stopServer()
        }
    }

    /// How to connect, without starting anything, and whether the server runs.
    package func find() throws -> (address: ClusterAddress, isRunning: Bool) {
        try requireMade()
        let finder = FactFinder(layout: layout)
        if case .running(let file) = try finder.findPostmaster() { return (try address(of: file), true) }
        let runtime = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
        let folders = RuntimeFolder.candidates(
            dataFolder: Files.real(layout.dataFolder), user: geteuid(), runtime: runtime)
        let address = ClusterAddress(
            socketFolder: folders.first ?? "", port: try keptPort() ?? settings.port,
            passwords: try finder.passwords(), passwordFile: layout.passwords)
        return (address, false)
    }

    /// Refuses where no server was made yet: whoever only looks makes none.
    package func requireMade() throws {
        guard try DataFolder.examine(layout) == .ours,
            try FactFinder(layout: layout).findServer() != .absent
        else { throw absence }
    }

    private var absence: ClusterError {
        ClusterError(
            .absent, "there is no private database yet", place: layout.database,
            remedy: "Make and start it with: yeoul db start")
    }

    func keptPort() throws -> Int? {
        guard let text = try Files.text(layout.port), let port = Int(text.prefix { $0.isNumber }) else {
            return nil
        }
        return (1...65535).contains(port) ? port : nil
    }

    private func address(of file: PostmasterFile) throws -> ClusterAddress {
        guard let socketFolder = file.socketFolder, let port = file.port else {
            throw ClusterError(
                .notReady, "the server runs but does not say where", place: layout.postmasterFile,
                remedy: "Try again in a moment")
        }
        return ClusterAddress(
            socketFolder: socketFolder, port: port, passwords: try FactFinder(layout: layout).passwords(),
            passwordFile: layout.passwords)
    }

    /// The server outlives its users, until `stop`.
    func pin() throws { try Files.write("yeoul db start\n", to: layout.pin, mode: 0o600) }

    /// The end of one use; the last one out stops the server unless it was asked to stay.
    func leave(_ usersLock: FileLock) async throws -> Bool {
        try await withGuard {
            defer { usersLock.release() }
            guard usersLock.takeExclusive(), try !Files.exists(layout.pin) else { return false }
            return try await stopServer() != .wasNotRunning
        }
    }

    private func stopServer() async throws -> StopOutcome {
        var machine = StopMachine(deadlines: settings.deadlines)
        let finder = FactFinder(layout: layout)
        let clock = Stopwatch()
        var stopping: PostmasterFile?
        while true {
            let facts = try finder.find(child: .none, installedMajors: [])
            if case .running(let file) = facts.postmaster { stopping = file }
            switch machine.next(facts, nowMilliseconds: clock.milliseconds) {
            case .signal(let signal, let pid):
                let number = signal == .fast ? SIGINT : SIGQUIT
                guard kill(pid, number) == 0 || errno == ESRCH else {
                    throw Files.failure("stop the server \(pid)", layout.server)
                }
            case .wait(let milliseconds):
                await pause(milliseconds: milliseconds)
            case .done(let wasRunning, let immediate):
                if let stopping { tidy(after: stopping) }
                if !wasRunning { return .wasNotRunning }
                return immediate ? .stoppedImmediately : .stopped
            case .refuse(let pid):
                throw ClusterError(
                    .stopFailed, "the database server (process \(pid)) does not stop", place: layout.server,
                    remedy: "Look into its log, \(layout.log)",
                    details: ServerLog(layout: layout).lastLines(since: 0))
            }
        }
    }

    private func tidy(after server: PostmasterFile) {
        // When it was a child of ours, its end is noted here; else it would stay as a zombie.
        _ = ProcessTable.reap(server.pid)
        // The socket's folder is of use while there is a socket. When others put something there it stays.
        if let folder = server.socketFolder { rmdir(folder) }
    }

    /// Runs `body` while no other process of ours starts or stops the server.
    ///
    /// A stop goes on in a cancelled task: what was begun has to be wound up.
    private func withGuard<Result: Sendable>(
        isCancellable: Bool = false, _ body: () async throws -> Result
    ) async throws -> Result {
        let lock = try FileLock(layout.guardLock)
        let clock = Stopwatch()
        while !lock.takeExclusive() {
            if isCancellable { try Task.checkCancellation() }
            guard clock.milliseconds < settings.deadlines.guardMilliseconds else {
                let holders = lock.otherHolders().map(String.init).joined(separator: ", ")
                throw ClusterError(
                    .busy,
                    "another process (\(holders)) has been starting or stopping the database for too long",
                    place: layout.guardLock, remedy: "See what it waits for, or end it")
            }
            await pause(milliseconds: StartMachine.pollMilliseconds)
        }
        defer { lock.release() }
        return try await body()
    }
}
