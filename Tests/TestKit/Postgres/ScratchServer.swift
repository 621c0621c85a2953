import Database
import Foundation
import Synchronization

/// A PostgreSQL server of the tests' own, in a folder that vanishes with this process however it ends:
/// a shell keeps watch on a pipe from us, and stops the server when the pipe closes.
package final class ScratchServer: Sendable {
    /// The server's folder: `data`, the socket, `log`, and for TLS `server.crt`, `server.key`.
    package let folder: String
    package let port: Int
    package let programs: String
    package static let user = "yeoul"
    package static let password = "scratch p@ss/word:%"

    private let shell: ScratchShell
    private let databasesMade = Mutex(0)

    private init(folder: String, port: Int, programs: String, shell: ScratchShell) {
        self.folder = folder
        self.port = port
        self.programs = programs
        self.shell = shell
    }

    private static let sharedStart = Task { try await start() }

    /// The server that all tests of this process share, started by the first that needs it. Its data is
    /// not safe from a crash (fsync is off), and nobody restarts it.
    package static func shared() async throws -> ScratchServer {
        try await sharedStart.value
    }

    /// A server for one test that restarts it, fills it up or kills it. It ends with the returned value.
    ///
    /// `settings` are lines of postgresql.conf; `prepare` is shell that runs in the folder before the start;
    /// `programs` is the folder of other programs than those under test.
    package static func start(
        settings: [String] = [], prepare: String = "", programs: String? = nil
    ) async throws -> ScratchServer {
        let programs = try programs ?? ServerPrograms.find()
        let port = try freePort()
        let lines = standardSettings(port: port, programs: programs) + settings
        let shell = try ScratchShell(
            script,
            environment: [
                "YEOUL_BIN": programs, "YEOUL_USER": user, "YEOUL_PASSWORD": password,
                "YEOUL_SETTINGS": lines.joined(separator: "\n"), "YEOUL_PREPARE": prepare,
            ])
        let answer = try await shell.readAnswer()
        let server = ScratchServer(folder: answer, port: port, programs: programs, shell: shell)
        return server
    }

    /// Stops the server at once, as a power cut would end it, and starts it again.
    package func restart() async throws { try await shell.command("restart") }

    package func stop() async throws { try await shell.command("stop") }

    package func start() async throws { try await shell.command("start") }

    /// The server's log up to now.
    package func log() throws -> String {
        try String(contentsOfFile: folder + "/log", encoding: .utf8)
    }

    /// Options of the server's owner by its socket.
    package func options(database: String = "postgres") throws -> ConnectionOptions {
        try ConnectionOptions(parameters: [
            "host": folder, "port": String(port), "user": Self.user, "password": Self.password,
            "dbname": database,
        ])
    }

    /// The same by loopback TCP, where the password is asked for (SCRAM).
    package func tcpOptions(database: String = "postgres") throws -> ConnectionOptions {
        try options(database: database).setting("host", to: "127.0.0.1")
    }

    /// A name for a database that no other test has.
    func newDatabaseName() -> String {
        databasesMade.withLock { count in
            count += 1
            return "scratch_\(count)"
        }
    }

    private static func standardSettings(port: Int, programs: String) -> [String] {
        var lines = [
            "port = \(port)", "listen_addresses = '127.0.0.1'", "fsync = off", "full_page_writes = off",
            "max_connections = 200", "max_locks_per_transaction = 512", "shared_buffers = 64MB",
            "max_wal_size = 2GB", "deadlock_timeout = 100ms", "timezone = 'UTC'", "log_timezone = 'UTC'",
            "log_line_prefix = '%m %p %d '", "max_worker_processes = 400",
        ]
        if ServerPrograms.hasLibrary("timescaledb", beside: programs) {
            lines += [
                "shared_preload_libraries = 'timescaledb'", "timescaledb.telemetry_level = off",
                // Each database has a scheduler and runs its jobs at once; a job that gets no worker fails.
                "timescaledb.max_background_workers = 300",
            ]
        }
        return lines
    }

    private static let script = """
        trap '' INT HUP TERM
        umask 077
        folder=$(TMPDIR=/tmp mktemp -d) || exit 1
        control() { "$YEOUL_BIN/pg_ctl" -D "$folder/data" -w -t 60 "$@" </dev/null >>"$folder/control" 2>&1; }
        leave() { control -m immediate stop; rm -rf "$folder"; exit "$1"; }
        fail() { cat "$folder/control" "$folder/log" 2>/dev/null; leave 1; }
        cd "$folder" || exit 1
        printf '%s' "$YEOUL_PASSWORD" >password
        "$YEOUL_BIN/initdb" -D data -U "$YEOUL_USER" --pwfile=password --auth-host=scram-sha-256 \\
            --auth-local=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync </dev/null >control 2>&1 || fail
        printf '%s\\n' "unix_socket_directories = '$folder'" "$YEOUL_SETTINGS" >>data/postgresql.conf
        (eval "$YEOUL_PREPARE") </dev/null >>control 2>&1 || fail
        control -l "$folder/log" start || fail
        echo "done $folder"
        while read -r command; do
            case "$command" in
            start) control -l "$folder/log" start || fail ;;
            stop) control -m immediate stop || fail ;;
            restart) control -l "$folder/log" -m immediate restart || fail ;;
            esac
            echo "done $command"
        done
        leave 0
        """
}
