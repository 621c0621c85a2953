import Foundation

/// What is checked before anything is touched: that the server's account can reach its folder and programs.
struct Preflight {
    var layout: ClusterLayout
    var account: Account?

    func check() async throws {
        if case .foreign(let name) = try DataFolder.examine(layout) {
            throw DataFolder.refusal(layout, holding: name)
        }
        let nearest = try nearestExisting(layout.dataFolder)
        try await requireReach(of: nearest)
        try requireOwner()
    }

    /// The folder itself, or the nearest one above it that exists.
    func nearestExisting(_ path: String) throws -> String {
        var path = path
        while try Files.status(path) == nil, path != "/" {
            path = (path as NSString).deletingLastPathComponent
        }
        return path
    }

    /// Refuses programs that the server's account cannot run (they may lie in a private folder).
    func requireRunnable(_ installation: Installation) async throws {
        let program = installation.program("postgres")
        guard let account, try await !canEnter(program, account) else { return }
        throw ClusterError(
            .permission, "the account \(account.name) cannot run PostgreSQL's programs", place: program,
            remedy: "Let it enter the folders above (chmod o+x), or use programs in another place")
    }

    /// Asks the system itself, as the account: modes, access lists and mount options all count.
    private func canEnter(_ path: String, _ account: Account) async throws -> Bool {
        let test = Spawn(program: "/usr/bin/test", arguments: ["-x", path], account: account)
        return try await Program(spawn: test, deadlineMilliseconds: 10_000).run().waitStatus == 0
    }

    private func requireReach(of path: String) async throws {
        guard let account, try await !canEnter(path, account) else { return }
        var closed = path
        var above = (path as NSString).deletingLastPathComponent
        // The topmost folder that is closed to it is the one to open.
        while above != closed, try await !canEnter(above, account) {
            closed = above
            above = (above as NSString).deletingLastPathComponent
        }
        throw ClusterError(
            .permission,
            "the database server runs as \(account.name), which cannot enter the folder \(closed)",
            place: layout.dataFolder,
            remedy:
                "Choose a data.folder elsewhere, such as /var/lib/yeoul, or open the way (chmod o+x \(closed))"
        )
    }

    /// A cluster belongs to the account that made it.
    private func requireOwner() throws {
        guard let status = try Files.status(layout.server) else { return }
        let runner = account?.user ?? geteuid()
        guard status.st_uid != runner else { return }
        let owner = Account.name(of: status.st_uid)
        let remedy =
            account == nil
            ? "Run as \(owner), or choose another data.folder"
            : "Set database.account to \(owner), or give the folder away (chown -R)"
        throw ClusterError(
            .permission,
            "the private database belongs to the account \(owner), and the server would run as \(Account.name(of: runner))",
            place: layout.server, remedy: remedy)
    }
}
