/// Where the private server keeps what.
package struct ClusterLayout: Sendable, Equatable {
    /// Yeoul's data folder.
    package let dataFolder: String

    package init(dataFolder: String) {
        var path = dataFolder
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        self.dataFolder = path
    }

    /// Says that the data folder is Yeoul's.
    package var mark: String { dataFolder + "/YEOUL" }
    package static let markText = """
        This folder belongs to Yeoul, which keeps everything it stores in it.
        The database's files are in "database". Stop Yeoul before you move or copy the folder.

        """

    /// Everything of the private server.
    package var database: String { dataFolder + "/database" }
    /// The cluster itself, in PostgreSQL's words the data directory. Belongs to the server's account.
    package var server: String { database + "/server" }
    /// A cluster in the making; it is renamed to `server` when it is complete.
    package var creation: String { database + "/server.new" }
    /// One line a role, in the format of libpq's password files.
    package var passwords: String { database + "/passwords" }
    /// The port that was chosen at the first start.
    package var port: String { database + "/port" }
    /// Held while the server is started or stopped.
    package var guardLock: String { database + "/guard.lock" }
    /// Held, shared, by each process of ours that uses the server.
    package var usersLock: String { database + "/users.lock" }
    /// There while the server is to go on when its last user ends (`yeoul db start`).
    package var pin: String { database + "/keep-running" }
    /// The server's log files, one a weekday. Belongs to the server's account.
    package var log: String { database + "/log" }
    /// What the server wrote before its log was open; begun anew at each start.
    package var startLog: String { database + "/start.log" }
    /// The operator's own settings, read after ours.
    package var customSettings: String { database + "/custom.conf" }

    package var versionFile: String { server + "/PG_VERSION" }
    package var postmasterFile: String { server + "/postmaster.pid" }
    package var settingsFile: String { server + "/postgresql.conf" }
    package var accessFile: String { server + "/pg_hba.conf" }
}
