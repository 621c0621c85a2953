import CSpawn
import Diagnostics
import Glibc

/// Runs the processes of the roles as `Supervision` says, until it is asked to stop.
package struct Supervisor: Sendable {
    package struct Role: Sendable {
        package let name: String
        /// The program and its arguments.
        package let command: [String]
        /// Whether what it prints is left out; its errors and its log are not.
        package let isQuiet: Bool

        package init(_ name: String, _ command: [String], isQuiet: Bool = false) {
            self.name = name
            self.command = command
            self.isQuiet = isQuiet
        }
    }

    /// How often processes are looked after.
    static let everyMilliseconds: Int64 = 100

    private let roles: [Role]
    private let hopeless: Set<Int32>
    private let environment: [String: String]
    private let folder: String?
    private let logger: Logger

    /// `folder` is where the roles work; nil: where we do.
    package init(
        _ roles: [Role], hopeless: Set<Int32>, environment: [String: String], folder: String? = nil,
        logger: Logger
    ) {
        self.roles = roles
        self.hopeless = hopeless
        self.environment = environment
        self.folder = folder
        self.logger = logger
    }

    /// Returns when nothing runs any more; false when a role could never work, or would not end. The roles
    /// inherit our output and get a session of their own, so that Ctrl-C reaches only us.
    package func run(until isStopAsked: @Sendable () -> Bool) async -> Bool {
        var supervision = Supervision(roles.map(\.name), hopeless: hopeless, now: Self.now())
        var pids: [String: Int32] = [:]
        var hasAsked = false
        while true {
            var actions = reap(&pids, &supervision)
            if !hasAsked, isStopAsked() {
                hasAsked = true
                actions += supervision.stopAsked(now: Self.now())
            }
            actions += supervision.tick(now: Self.now())
            while !actions.isEmpty {
                let action = actions.removeFirst()
                if case .finished(let isGood) = action { return isGood }
                actions += perform(action, &pids, &supervision)
            }
            // Nobody cancels this; were it cancelled, the roles still have to be ended.
            try? await Task.sleep(for: .milliseconds(Self.everyMilliseconds))
        }
    }

    private func reap(_ pids: inout [String: Int32], _ supervision: inout Supervision) -> [Supervision.Action]
    {
        var actions: [Supervision.Action] = []
        for (name, pid) in pids {
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { continue }
            pids[name] = nil
            let signal = status & 0x7F
            let code = signal == 0 ? (status >> 8) & 0xFF : -signal
            if supervision.isRunning(name) {
                logger.error("a role ended by itself", ["role": name, "status": String(code)])
            }
            actions += supervision.ended(name, status: code, now: Self.now())
        }
        return actions
    }

    private func perform(
        _ action: Supervision.Action, _ pids: inout [String: Int32], _ supervision: inout Supervision
    ) -> [Supervision.Action] {
        switch action {
        case .start(let name):
            guard let role = roles.first(where: { $0.name == name }), let pid = spawn(role) else {
                return supervision.failedToStart(name, now: Self.now())
            }
            pids[name] = pid
        case .terminate(let name):
            if let pid = pids[name] { kill(pid, SIGTERM) }
        case .kill(let name):
            logger.error("a role does not end and is killed", ["role": name])
            if let pid = pids[name] { kill(pid, SIGKILL) }
        case .finished: break
        }
        return []
    }

    private func spawn(_ role: Role) -> Int32? {
        guard let program = role.command.first else { return nil }
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nowhere) }
        var options = yeoul_spawn_options(
            input: nowhere, output: role.isQuiet ? nowhere : STDOUT_FILENO, error: STDERR_FILENO, folder: nil,
            new_session: true)
        let place = folder.map { strdup($0) } ?? nil
        defer { free(place) }
        options.folder = UnsafePointer(place)
        var pid: pid_t = 0
        let arguments = role.command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        let status = yeoul_spawn(&pid, program, arguments, variables, &options)
        guard status == 0 else {
            logger.error(
                "a role cannot be started", ["role": role.name, "error": String(cString: strerror(status))])
            return nil
        }
        return pid
    }

    private static func now() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }
}
