import Foundation

/// Turns the reasons of a refused or failed start into what a person can act on.
struct Explanation {
    var layout: ClusterLayout
    var installations: [Installation]
    var account: Account?

    func error(for reason: StartMachine.Reason, spawnedAt: Int64) -> ClusterError {
        switch reason {
        case .damaged(let why):
            return ClusterError(
                .damagedFolder, "this is no complete PostgreSQL cluster: \(why)", place: layout.server,
                remedy: "Restore it from a backup, or move the folder away to begin with an empty database")
        case .otherMajor(let found, let installed):
            return otherMajor(found, installed)
        case .diskFull(let free, let needed):
            return ClusterError(
                .diskFull,
                "the disk has \(free >> 20) MiB free, and the database needs \(needed >> 20) MiB to start",
                place: layout.database, remedy: "Free some space, or choose a data.folder on another disk")
        case .orphans(let pids):
            let list = pids.map(String.init).joined(separator: ", ")
            return ClusterError(
                .orphans, "processes of an earlier server still run (\(list))", place: layout.server,
                remedy: "They should end by themselves; if they do not, end them: kill \(list)")
        case .passwordsMissing(let pid):
            return ClusterError(
                .passwordsMissing,
                "the server runs (process \(pid)), but the file with its passwords is missing or incomplete",
                place: layout.passwords,
                remedy: "Restore the file, or stop the server and start it again, which makes new passwords: "
                    + "yeoul db stop --force && yeoul db start")
        case .serverEnded(let status):
            return startFailure(status, ServerLog(layout: layout).lastLines(since: spawnedAt))
        case .notReady(let pid, let status):
            let process = pid.map { " (process \($0))" } ?? ""
            let state = status.map { ", it is \($0.rawValue)" } ?? ""
            return ClusterError(
                .notReady, "the server\(process) does not answer yet\(state)", place: layout.server,
                remedy: "After a crash it may still be recovering: it goes on; try again in a while",
                details: ServerLog(layout: layout).lastLines(since: spawnedAt))
        case .noProgress(let why):
            return ClusterError(
                .startFailed, why, place: layout.server, remedy: "Look into \(layout.log)",
                details: ServerLog(layout: layout).lastLines(since: spawnedAt))
        }
    }

    /// The server's own last words decide what the remedy is.
    func startFailure(_ status: Int32, _ log: [String]) -> ClusterError {
        let text = log.joined(separator: "\n")
        let what = "the server \(ProcessTable.describe(waitStatus: status)) while it started"
        if text.contains("No space left on device") {
            return ClusterError(
                .diskFull, what + ": its disk is full", place: layout.database,
                remedy: "Free some space and start again; nothing is lost", details: log)
        }
        if text.contains("Address already in use") {
            return ClusterError(
                .portTaken, what + ": its port is taken", place: "database.port",
                remedy: "End the program that listens there, or name another port", details: log)
        }
        if text.contains("unrecognized configuration parameter") || text.contains("contains errors") {
            return ClusterError(
                .startFailed, what + ": a setting is wrong", place: layout.customSettings,
                remedy: "Correct custom.conf or server/postgresql.auto.conf as the server says", details: log)
        }
        return ClusterError(
            .startFailed, what, place: layout.server,
            remedy: "The server's last words are below; the whole log is in \(layout.log)", details: log)
    }

    func creationFailure(_ error: ClusterError) -> ClusterError {
        guard error.details.contains(where: { $0.contains("No space left on device") }) else { return error }
        return ClusterError(
            .diskFull, "the disk became full while the database was made; what was begun is removed",
            place: layout.database, remedy: "Free some space, or choose a data.folder on another disk",
            details: error.details)
    }

    private func otherMajor(_ found: Int, _ installed: [Int]) -> ClusterError {
        let have = installed.sorted().map(String.init).joined(separator: ", ")
        let isSupported = Installation.supportedMajors.contains(found)
        let which = isSupported ? "which is not installed" : "and Yeoul runs 15 to 18"
        let alternative = isSupported ? "to go on with it; or upgrade" : "to upgrade"
        var error = ClusterError(
            .otherMajorVersion, "the database was made by PostgreSQL \(found), \(which) (found: \(have))",
            place: layout.server,
            remedy: "Install its programs (apt-get install postgresql-\(found)) \(alternative) "
                + "with pg_upgrade, by these commands:")
        // Upgrades go upwards only.
        guard let target = installations.first(where: { $0.major > found }) else {
            error.advice = "Install PostgreSQL \(found) or newer: a database never goes back to an older one"
            return error
        }
        if !target.hasTimescale, loadsTimescale {
            error.advice =
                "It loads TimescaleDB, which PostgreSQL \(target.major) here does not have. Install the same release of "
                + "it there, and start again to see how to upgrade; or go on with PostgreSQL \(found) "
                + "(apt-get install postgresql-\(found)). When no database uses it (storage.engine native), take it "
                + "out of shared_preload_libraries in \(layout.settingsFile) instead."
            return error
        }
        error.details =
            UpgradeRecipe(
                layout: layout, found: found, oldPrograms: "/usr/lib/postgresql/\(found)/bin", target: target,
                accountName: account?.name
            ).lines
        return error
    }

    /// Whether the server's last start did: pg_upgrade would stop at what it left in the databases.
    private var loadsTimescale: Bool {
        guard let text = try? Files.text(layout.settingsFile) else { return false }
        return text.split(separator: "\n").contains {
            $0.hasPrefix("shared_preload_libraries") && $0.contains("timescaledb")
        }
    }
}
