import Database
import Diagnostics
import Foundation

/// Looks after the private server as long as this process uses it: performs what `ServerKeeping` decides.
final class ServerKeeper: Sendable {
    private let task: Task<Void, Never>

    /// `tell` gets each thing that a person should know, and whether it is bad news.
    init(_ lease: ClusterLease, of cluster: PrivateCluster, tell: @escaping @Sendable (String, Bool) -> Void)
    {
        let address = lease.address
        task = Task {
            var keeping = ServerKeeping()
            let began = ContinuousClock.now
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(ServerKeeping.lookMilliseconds))
                // What cannot be looked at now is looked at again.
                guard !Task.isCancelled, let sight = try? Self.look(at: cluster) else { continue }
                let elapsed = (ContinuousClock.now - began).components
                let now = elapsed.seconds * 1_000 + elapsed.attoseconds / 1_000_000_000_000_000
                await Self.perform(keeping.next(sight, now: now), cluster, address, tell)
            }
        }
    }

    /// Before the server's use ends: it is not to be started again then.
    func stop() async {
        task.cancel()
        await task.value
    }

    private static func look(at cluster: PrivateCluster) throws -> ServerKeeping.Sight {
        if try cluster.find().isRunning { return .runs }
        // A server that ends in order takes its file away.
        return FileManager.default.fileExists(atPath: cluster.layout.postmasterFile) ? .died : .stopped
    }

    private static func perform(
        _ action: ServerKeeping.Action, _ cluster: PrivateCluster, _ address: ClusterAddress,
        _ tell: (String, Bool) -> Void
    ) async {
        switch action {
        case .nothing: break
        case .restart(let number):
            tell(
                "the private database has died; it is started again (start \(number) of at most "
                    + "\(ServerKeeping.restartsMax) in ten minutes). Its log: \(cluster.layout.log)", true)
            await restart(cluster, address, tell)
        case .tellRunsAgain: tell("the private database runs again", false)
        case .tellStopped:
            tell("somebody has stopped the private database; `yeoul db start` starts it again", true)
        case .tellGivenUp:
            tell(
                "the private database has died \(ServerKeeping.restartsMax) times in ten minutes and is left "
                    + "alone for a while. See its log: \(cluster.layout.log)", true)
        }
    }

    private static func restart(
        _ cluster: PrivateCluster, _ address: ClusterAddress, _ tell: (String, Bool) -> Void
    ) async {
        do {
            let lease = try await cluster.open()
            let (folder, port) = (lease.address.socketFolder, lease.address.port)
            // The use that this process has already keeps the server.
            try await lease.close()
            if (folder, port) != (address.socketFolder, address.port) {
                tell(
                    "the private database has another address now: end this program and start it again", true)
            }
        } catch {
            // The end of our own use is no trouble.
            guard !Task.isCancelled else { return }
            let explained = error as? any ExplainedError
            let remedy = explained?.remedy.map { ". \($0)" } ?? ""
            tell("the private database does not start: \(explained?.what ?? "\(error)")\(remedy)", true)
        }
    }
}
