/// Everything that the decision to start or stop the server rests on, as found at one moment.
package struct ClusterFacts: Sendable, Equatable {
    package enum Server: Sendable, Equatable {
        case absent
        /// A complete cluster of this major version.
        case cluster(major: Int)
        /// Something else stands in its place; why it is no cluster.
        case damaged(String)
    }

    package enum Postmaster: Sendable, Equatable {
        case none
        case running(PostmasterFile)
        /// The file names a process that is gone, or is not our server.
        case stale(pid: Int32)
    }

    /// How the server process that we started ourselves fares.
    package enum Child: Sendable, Equatable {
        case none
        case running
        /// Its wait status.
        case ended(Int32)
    }

    package var server: Server
    package var postmaster: Postmaster
    package var child: Child
    /// A cluster in the making was left behind.
    package var hasUnfinishedCreation: Bool
    /// Processes that still work in the cluster's folder, or in the unfinished one, without a postmaster.
    package var orphans: [Int32]
    /// Whether the running server's socket takes connections.
    package var answers: Bool
    package var hasPasswords: Bool
    /// Major versions of the installed programs.
    package var installedMajors: [Int]
    package var freeBytes: Int64

    package init(
        server: Server = .absent, postmaster: Postmaster = .none, child: Child = .none,
        hasUnfinishedCreation: Bool = false, orphans: [Int32] = [], answers: Bool = false,
        hasPasswords: Bool = true, installedMajors: [Int] = [15], freeBytes: Int64 = 1 << 40
    ) {
        self.server = server
        self.postmaster = postmaster
        self.child = child
        self.hasUnfinishedCreation = hasUnfinishedCreation
        self.orphans = orphans
        self.answers = answers
        self.hasPasswords = hasPasswords
        self.installedMajors = installedMajors
        self.freeBytes = freeBytes
    }
}
