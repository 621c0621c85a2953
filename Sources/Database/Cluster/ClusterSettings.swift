/// What the private server is asked to be. Everything else it decides itself.
package struct ClusterSettings: Sendable, Equatable {
    /// Yeoul's data folder, an absolute path; the server lives in `database` inside it.
    package var dataFolder: String
    /// The account that runs the server when we are root; an ordinary user runs it as itself.
    package var account: String
    /// The TCP port on loopback. 0: a free one is chosen at the first start and kept.
    package var port: Int
    package var profile: ClusterProfile
    /// The folder of `initdb` and `postgres`; nil: the newest installed PostgreSQL is found.
    package var programs: String?
    package var deadlines: ClusterDeadlines

    package init(
        dataFolder: String, account: String = "postgres", port: Int = 0,
        profile: ClusterProfile = .default, programs: String? = nil,
        deadlines: ClusterDeadlines = ClusterDeadlines()
    ) {
        self.dataFolder = dataFolder
        self.account = account
        self.port = port
        self.profile = profile
        self.programs = programs
        self.deadlines = deadlines
    }

    /// Refuses what can never work, before anything is touched.
    package func check() throws {
        guard dataFolder.hasPrefix("/") else {
            throw ClusterError(
                .settings, "the data folder \"\(dataFolder)\" is not an absolute path", place: "data.folder",
                remedy: "Give a path that begins with /")
        }
        guard dataFolder.utf8.count <= Self.dataFolderBytesMax else {
            throw ClusterError(
                .settings,
                "the data folder's path has \(dataFolder.utf8.count) bytes, PostgreSQL takes \(Self.dataFolderBytesMax)",
                place: "data.folder", remedy: "Choose a shorter path")
        }
        guard !dataFolder.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw ClusterError(
                .settings, "the data folder's path holds a control character", place: "data.folder",
                remedy: "Choose a path without line breaks and tabs")
        }
        guard (0...65535).contains(port) else {
            throw ClusterError(
                .settings, "\(port) is no TCP port", place: "database.port",
                remedy: "Give a port from 1 to 65535, or 0 to have a free one chosen")
        }
    }

    /// PostgreSQL's own bound on a path is 1024 bytes, and it appends file names to this one.
    static let dataFolderBytesMax = 800
}
