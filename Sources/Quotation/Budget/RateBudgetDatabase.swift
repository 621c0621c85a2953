import Database
import Diagnostics
import Market
import Network
import Synchronization
import Upbit

/// The budget of several hosts that share an address: a row in the database, and while that is away a fixed
/// share of the limits, which the processes of this host have in a file. `BudgetSource` decides.
package final class RateBudgetDatabase: SharedRateBudget {
    private static let noShareMilliseconds: Int64 = 1_000

    private let table: RateTable
    private let hosts: Int
    private let row: RateBudgetRow
    private let share: RateBudgetFile
    private let shareFingerprint: UInt64
    private let logger: Logger?
    private let source: Mutex<BudgetSource>

    /// `name` tells exchanges apart; all who share it must use the same table. `shareFile` is this host's alone.
    package init(
        _ options: ConnectionOptions, name: String, table: RateTable, hosts: Int, shareFile: String,
        settings: BudgetSource.Settings = BudgetSource.Settings(), logger: Logger? = nil
    ) throws {
        self.table = table
        self.hosts = hosts
        self.logger = logger
        row = RateBudgetRow(options, name: name, table: table)
        let part = table.share(ofHosts: hosts)
        shareFingerprint = part.fingerprint
        share = try RateBudgetFile(path: shareFile, table: part)
        source = Mutex(BudgetSource(settings))
    }

    package func request(
        _ group: RateGroup, priority: RatePriority
    ) async throws -> (decision: RateDecision, now: Instant) {
        lookForDatabase()
        let period = (table[group].first?.periodMicroseconds ?? 0) / 1_000
        let now = Monotonic.milliseconds()
        switch source.withLock({ $0.place(periodMilliseconds: period, nowMilliseconds: now) }) {
        case .database:
            guard let answer = try await askDatabase(group, priority) else { return Self.wait(1) }
            return answer
        case .share:
            guard table.canBeShared(group, amongHosts: hosts) else {
                return Self.wait(Self.noShareMilliseconds)
            }
            return try await share.request(group, priority: priority)
        case .nobody(let end): return Self.wait(end - now)
        }
    }

    package func finish(_ permit: RatePermit, _ outcome: RateOutcome) async throws {
        // A stop holds wherever the next call is counted.
        let isForAll =
            switch outcome {
            case .banned, .tooMany: true
            default: false
            }
        let isOfShare = permit.tableFingerprint == shareFingerprint
        if isOfShare || isForAll { try await share.finish(permit, outcome) }
        guard !isOfShare || isForAll, !source.withLock({ $0.isAway }) else { return }
        do {
            _ = try await row.update { budget, now, _ in budget.finish(permit, outcome, now: now) }
        } catch {
            // The permit expires by itself.
            try note(error)
        }
    }

    /// The whole budget, or while the database is away this host's share.
    package func look() async throws -> (budget: RateBudget, now: Instant) {
        if !source.withLock({ $0.isAway }) {
            do {
                let change = try await row.update { budget, _, _ in budget }
                return (change.output, change.now)
            } catch {
                try note(error)
            }
        }
        return try await share.look()
    }

    /// Nil when the database is away, or says that all keep to their shares: then ask again.
    private func askDatabase(
        _ group: RateGroup, _ priority: RatePriority
    ) async throws -> (decision: RateDecision, now: Instant)? {
        do {
            let change = try await row.update { budget, now, sharesMilliseconds in
                sharesMilliseconds > 0
                    ? nil
                    : (budget.request(group, priority: priority, now: now), budget.bannedUntil(now: now))
            }
            source.withLock {
                $0.answered(
                    sharesMilliseconds: change.sharesMilliseconds, nowMilliseconds: Monotonic.milliseconds())
            }
            guard let (decision, ban) = change.output else { return nil }
            if let ban { try await keepBan(seconds: ban.microseconds(since: change.now) / 1_000_000 + 1) }
            return (decision, change.now)
        } catch {
            try note(error)
            return nil
        }
    }

    /// So that it holds when the database goes away before its end.
    private func keepBan(seconds: Int64) async throws {
        try await share.update { $0.ban(until: $1.adding(seconds: seconds), now: $1) }
    }

    /// Takes an error of the database for its absence; any other is the caller's.
    private func note(_ error: any Error) throws {
        guard let error = error as? DatabaseError else { throw error }
        if error.code == .cancelled { throw CancellationError() }
        guard error.isTransient || error.code == .limit else {
            throw QuotationError(
                .budgetUnusable, "the rate budget in the database cannot be used: \(error.what)",
                at: row.place,
                remedy: error.sqlState == .undefinedTable
                    ? "Run `yeoul db migrate`." : error.remedy ?? "Check the server and the role's rights.")
        }
        let wasAway = source.withLock { source in
            defer { source.failed(nowMilliseconds: Monotonic.milliseconds()) }
            return source.isAway
        }
        if !wasAway {
            logger?.warning(
                "the rate budget's database is away; this host keeps to its share",
                ["hosts": "\(hosts)", "error": error.what])
        }
    }

    /// Beside the calls, which go on with the share meanwhile.
    private func lookForDatabase() {
        let settings = source.withLock { source in
            source.shouldProbe(nowMilliseconds: Monotonic.milliseconds()) ? source.settings : nil
        }
        guard let settings else { return }
        Task {
            do {
                let left = try await row.keepToShares(milliseconds: settings.returnMilliseconds)
                try await carryBan()
                source.withLock {
                    $0.answered(sharesMilliseconds: left, nowMilliseconds: Monotonic.milliseconds())
                }
                logger?.info("the rate budget's database is back", ["shares_ms": "\(left)"])
            } catch {
                source.withLock { $0.probeFailed(nowMilliseconds: Monotonic.milliseconds()) }
            }
        }
    }

    /// What this host learnt while it was alone.
    private func carryBan() async throws {
        let left = try await share.update { budget, now in
            budget.bannedUntil(now: now)?.microseconds(since: now)
        }
        guard let left else { return }
        _ = try await row.update { budget, now, _ in
            budget.ban(until: now.adding(microseconds: left), now: now)
        }
    }

    private static func wait(_ milliseconds: Int64) -> (decision: RateDecision, now: Instant) {
        let now = Instant(microseconds: WallClock.unixMicroseconds())
        return (.wait(until: now.adding(milliseconds: max(1, milliseconds))), now)
    }
}
