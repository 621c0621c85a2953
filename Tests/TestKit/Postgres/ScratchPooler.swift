import Database
import Foundation

/// A pgbouncer before a scratch server, for the tests that show what poolers break.
package final class ScratchPooler: Sendable {
    package enum Mode: String, Sendable {
        case session
        case transaction
    }

    package static let program = "/usr/sbin/pgbouncer"
    package static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    private let port: Int
    private let database: ScratchDatabase
    private let shell: ScratchShell

    private init(port: Int, database: ScratchDatabase, shell: ScratchShell) {
        self.port = port
        self.database = database
        self.shell = shell
    }

    /// At most `sessions` sessions are opened to the server.
    package static func start(
        before database: ScratchDatabase, mode: Mode, sessions: Int = 4
    ) async throws -> ScratchPooler {
        let port = try freePort()
        let server = database.server
        let settings = """
            [databases]
            \(database.name) = host=\(server.folder) port=\(server.port) user=\(ScratchServer.user)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = any
            pool_mode = \(mode.rawValue)
            default_pool_size = \(sessions)
            """
        let shell = try ScratchShell(
            script, environment: ["YEOUL_SETTINGS": settings, "YEOUL_POOLER": program])
        _ = try await shell.readAnswer()
        return ScratchPooler(port: port, database: database, shell: shell)
    }

    package var options: ConnectionOptions {
        get throws { try database.tcpOptions.setting("port", to: String(port)) }
    }

    private static let script = """
        trap '' INT HUP TERM
        umask 077
        folder=$(TMPDIR=/tmp mktemp -d) || exit 1
        printf '%s\\n' "$YEOUL_SETTINGS" >"$folder/settings"
        "$YEOUL_POOLER" "$folder/settings" </dev/null >"$folder/log" 2>&1 &
        pooler=$!
        for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            grep -q 'process up' "$folder/log" && break
            sleep 0.1
        done
        if grep -q 'process up' "$folder/log"; then echo "done $pooler"; else cat "$folder/log"; fi
        while read -r command; do :; done
        kill -9 "$pooler"
        rm -rf "$folder"
        """
}
