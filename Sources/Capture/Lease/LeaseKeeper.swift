import Database
import Diagnostics
import Network
import Synchronization

/// The thread that claims and renews the lease, on a connection of its own: a commit that takes long does not
/// cost the lease.
package final class LeaseKeeper: Sendable {
    /// A statement about the lease that takes longer has failed.
    private static let statementLimit = Duration.seconds(2)

    private let lease: Lease
    private let options: ConnectionOptions
    private let logger: Logger
    private let pauses = BatchSlot()
    private let isStopped = Mutex(false)
    private let thread: Mutex<DedicatedThread?>

    /// `options` lead to the server itself, past a pooler.
    package init(_ lease: Lease, options: ConnectionOptions, logger: Logger) throws {
        self.lease = lease
        var options = options
        options.connectLimit = Self.statementLimit
        options.statementLimit = Self.statementLimit
        self.options = options
        self.logger = logger
        thread = Mutex(nil)
    }

    package func start() throws {
        let started = try DedicatedThread(named: "yeoul-lease") { self.run() }
        thread.withLock { $0 = started }
    }

    /// Gives the lease up and ends.
    package func stop() {
        isStopped.withLock { $0 = true }
        pauses.stop()
        thread.withLock { $0.take() }?.join()
    }

    private func run() {
        var machine = LeaseMachine()
        var connection: BlockingConnection?
        var action = machine.next(.begin)
        var wasHeld = false
        while !isStopped.withLock({ $0 }) {
            let event = perform(action, &connection)
            action = machine.next(event)
            if machine.isHeld != wasHeld {
                wasHeld = machine.isHeld
                say(wasHeld)
            }
        }
        if lease.isHeld, let connection { try? lease.giveUp(on: connection) }
        try? connection?.close()
    }

    private func perform(
        _ action: LeaseMachine.Action, _ connection: inout BlockingConnection?
    ) -> LeaseMachine.Event {
        do {
            switch action {
            case .wait(let milliseconds):
                pauses.pause(milliseconds: milliseconds)
                if lease.takeFoundLost() { return .foundLost }
                return lease.takeFoundBlocked() ? .foundBlocked : .waited
            case .claim: return .claimed(try lease.claim(on: try open(&connection)))
            case .renew: return .renewed(try lease.renew(on: try open(&connection)))
            case .endSilent:
                let count = try lease.endSilent(on: try open(&connection))
                if count > 0 {
                    logger.warning(
                        "writers that fell silent within a COPY held rows: their sessions were ended",
                        ["sessions": "\(count)"])
                }
                return .ended
            }
        } catch {
            // The commit thread says what is wrong with the database; here it would be said twice.
            logger.debug("the lease cannot be asked for", ["error": "\(error)"])
            try? connection?.close()
            connection = nil
            return .failed
        }
    }

    private func open(_ connection: inout BlockingConnection?) throws -> BlockingConnection {
        if let open = connection, open.connection.isOpen { return open }
        let made = try BlockingConnection.connect(options)
        connection = made
        return made
    }

    private func say(_ isHeld: Bool) {
        if isHeld {
            logger.info(
                "this process writes the shard",
                ["shard": "\(lease.shard)", "epoch": "\(lease.claimedEpoch)"])
        } else {
            logger.warning(
                "another process writes the shard; this one keeps its frames in the journal",
                ["shard": "\(lease.shard)"])
        }
    }
}
