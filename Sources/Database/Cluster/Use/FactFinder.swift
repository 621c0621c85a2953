import Foundation

/// Looks at the folder, the processes and the socket.
struct FactFinder {
    var layout: ClusterLayout

    /// `child` is the server process that we started, `installedMajors` what can run.
    func find(child: ClusterFacts.Child, installedMajors: [Int]) throws -> ClusterFacts {
        let server = try findServer()
        let postmaster = try findPostmaster()
        let hasCreation = try Files.exists(layout.creation)
        var orphans: [Int32] = []
        var answers = false
        if case .running(let file) = postmaster {
            answers = file.socket.map(SocketProbe.answers) ?? false
        } else if child == .none {
            orphans = ProcessTable.processes(in: Files.real(layout.server))
            if hasCreation { orphans += ProcessTable.processes(in: Files.real(layout.creation)) }
        }
        return ClusterFacts(
            server: server, postmaster: postmaster, child: child, hasUnfinishedCreation: hasCreation,
            orphans: orphans, answers: answers, hasPasswords: try passwords().isComplete,
            installedMajors: installedMajors, freeBytes: try Files.freeBytes(layout.database))
    }

    func passwords() throws -> ClusterPasswords {
        ClusterPasswords(text: try Files.text(layout.passwords) ?? "")
    }

    func findServer() throws -> ClusterFacts.Server {
        guard let status = try Files.status(layout.server) else { return .absent }
        guard status.st_mode & S_IFMT == S_IFDIR else { return .damaged("it is no folder") }
        guard let text = try Files.text(layout.versionFile) else { return .damaged("PG_VERSION is missing") }
        guard let major = Int(text.prefix { $0.isNumber }) else {
            return .damaged("PG_VERSION holds no version")
        }
        guard try Files.exists(layout.server + "/global/pg_control") else {
            return .damaged("global/pg_control is missing")
        }
        return .cluster(major: major)
    }

    /// A process number alone proves nothing: it may have been given to another process since.
    func findPostmaster() throws -> ClusterFacts.Postmaster {
        guard let text = try Files.text(layout.postmasterFile) else { return .none }
        // A file that was cut (full disk) names nobody.
        guard let file = PostmasterFile(text: text) else { return .stale(pid: 0) }
        let isOurs = ProcessTable.folder(of: file.pid) == Files.real(layout.server)
        return isOurs ? .running(file) : .stale(pid: file.pid)
    }
}
