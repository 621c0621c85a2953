/// One process's use of the private server, from `PrivateCluster.open` to `close`.
///
/// The last user that closes stops the server, unless `yeoul db start` asked for it to stay. A user that
/// ends without closing (kill -9) is forgotten by the kernel; the server then runs until the next last user.
package final class ClusterLease: Sendable {
    package let address: ClusterAddress
    package let installation: Installation?
    /// Whether this process started the server; otherwise it ran already.
    package let startedByUs: Bool
    package let pid: Int32
    /// What a person should know: a port that had to change.
    package let notices: [String]
    private let cluster: PrivateCluster
    private let usersLock: FileLock

    init(
        cluster: PrivateCluster, address: ClusterAddress, installation: Installation?, startedByUs: Bool,
        pid: Int32, notices: [String], usersLock: FileLock
    ) {
        self.cluster = cluster
        self.address = address
        self.installation = installation
        self.startedByUs = startedByUs
        self.pid = pid
        self.notices = notices
        self.usersLock = usersLock
    }

    /// The server stays when its last user has gone, until it is stopped.
    package func keepRunning() throws { try cluster.pin() }

    /// Ends the use; answers whether the server was stopped. Closing twice is harmless.
    @discardableResult
    package func close() async throws -> Bool {
        try await cluster.leave(usersLock)
    }
}
