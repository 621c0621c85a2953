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
    private var begun: Set<Symbol> = []
    /// What was missed while another capture stores.
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

    /// Runs until its task is cancelled.
    package func run() async {
        guard let baseline = await baseline() else { return }
        var tracker = CoverageTracker(baseline: baseline)
        while !Task.isCancelled {
            let now = ProofClock(milliseconds: Monotonic.milliseconds(), exchange: host.exchangeNow)
            let gaps = tracker.look(connections(), now: now)
            waiting += gaps.prefix(max(0, Self.waitingMax - waiting.count))
            if host.isActive {
                if !waiting.isEmpty { await refill.open(waiting) }
                waiting = []
                await follow(tracker.heard, now.exchange)
            }
            try? await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
        }
    }

    private func follow(_ heard: Set<Symbol>, _ now: Instant) async {
        let fresh = heard.subtracting(begun)
        guard !fresh.isEmpty else { return }
        begun.formUnion(fresh)
        await proof.begin(fresh.sorted(), since: now)
    }

    /// The newest trade that an earlier run has stored; waits for the database. The inner value is nil for an
    /// empty one.
    private func baseline() async -> Instant?? {
        while !Task.isCancelled {
            do {
                let since = startedAt.adding(seconds: -Self.pastSeconds)
                let startedAt = startedAt
                let found = try await database.withConnection { connection in
                    try await TradeQueries.newest(since: since, receivedBefore: startedAt, on: connection)
                }
                return .some(found)
            } catch {
                logger.debug("the newest stored trade cannot be read now: \(error)")
                try? await Task.sleep(for: .milliseconds(Self.databaseMilliseconds))
            }
        }
        return nil
    }
}
