import Database
import Diagnostics
import Market
import Network
import Storage
import Upbit

/// Looks at the connections, opens a gap for what was missed, and lets the proof begin with each market that
/// is heard.
package actor GapDetector {
    private static let lookMilliseconds: Int64 = 200
    private static let databaseMilliseconds: Int64 = 2_000
    /// Gaps of a standby; beyond, the proof finds them when it takes over.
    private static let waitingMax = 10_000
    /// Older trades cannot be refilled, so where they end does not matter.
    private static let pastSeconds: Int64 = 8 * 86_400

    private let connections: @Sendable () -> [CoverageTracker.Connection]
    private let host: any RefillHost
    private let database: Pool
    private let refill: RefillService
    private let proof: ProofService
    private let logger: Logger
    private let startedAt = Instant(microseconds: WallClock.unixMicroseconds())
    private var askAt = Int64.min
    /// What was missed while another capture stores, or while the database is away.
    private var waiting: [Gap] = []

    package init(
        connections: @escaping @Sendable () -> [CoverageTracker.Connection], host: any RefillHost,
        database: Pool, refill: RefillService, proof: ProofService, logger: Logger
    ) {
        self.connections = connections
        self.host = host
        self.database = database
        self.refill = refill
        self.proof = proof
        self.logger = logger
    }

    /// Runs until its task is cancelled. It looks also while the database is away: what is missed then is
    /// missed, too.
    package func run() async {
        var tracker = CoverageTracker()
        while !Task.isCancelled {
            let now = ProofClock(milliseconds: Monotonic.milliseconds(), exchange: host.exchangeNow)
            keep(tracker.look(connections(), now: now))
            if !tracker.knowsBaseline, now.milliseconds >= askAt, let baseline = await baseline() {
                keep(tracker.learn(baseline: baseline))
            }
            if host.isActive, tracker.knowsBaseline {
                if !waiting.isEmpty { await refill.open(waiting) }
                waiting = []
                // Whoever waited for the database, or as a standby, heard them earlier.
                let heard = tracker.takeFirstHeard()
                if !heard.isEmpty { await proof.begin(heard) }
                let gone = tracker.takeGone(now: now)
                if !gone.isEmpty { await proof.end(gone) }
            }
            try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
        }
    }

    private func keep(_ gaps: [Gap]) {
        waiting += gaps.prefix(max(0, Self.waitingMax - waiting.count))
    }

    /// The newest trade that an earlier run has stored; the inner value is nil in an empty database, the
    /// outer one while the database does not tell.
    private func baseline() async -> Instant?? {
        do {
            let since = startedAt.adding(seconds: -Self.pastSeconds)
            let startedAt = startedAt
            let found = try await database.withConnection { connection in
                try await TradeQueries.newest(since: since, receivedBefore: startedAt, on: connection)
            }
            return .some(found)
        } catch {
            logger.debug("the newest stored trade cannot be read now: \(error)")
            askAt = Monotonic.milliseconds() + Self.databaseMilliseconds
            return nil
        }
    }
}
