import Market
import Storage

/// All differences that are being repaired. Pure.
package struct DisputeBook: Sendable {
    package struct Settings: Sendable {
        /// Before the first, the second and the third repair.
        package var pausesMilliseconds: [Int64] = [5_000, 60_000, 300_000]
        /// A look or a repair that failed is tried again after so long.
        package var failureMilliseconds: Int64 = 10_000

        package init() {}
    }

    /// Beyond, a difference is told at once, without a repair.
    package static let openMax = 64
    /// Looks that the exchange refuses before it is believed: a market that is gone.
    package static let refusalsMax = 3
    /// Times that a correction is tried again.
    package static let correctionTriesMax = 30

    package enum Action: Hashable, Sendable {
        /// The tag names the dispute; the trades are to be kept.
        case refill(RefillRequest)
        /// Compare once more; answer with `looked`.
        case look(Int, Dispute.Subject, Symbol)
        /// Write these values over the stored ones; answer with `corrected` or `notCorrected`.
        case correct(Int, [Trade])
        case settled(ReconciledRange, [Gap], Shortfall?, alarm: String?)
    }

    private enum Phase: Sendable {
        case waiting
        case refilling
        case toLook
        case looking
        case correcting
    }

    private struct Entry: Sendable {
        var dispute: Dispute
        var phase = Phase.waiting
        var dueMilliseconds: Int64
        var correction: [Trade] = []
        var refusals = 0
        var correctionTries = 0
    }

    private let settings: Settings
    private var entries: [Int: Entry] = [:]
    private var nextID = 1

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    package var count: Int { entries.count }

    /// Whether a difference of the market is being repaired within the interval.
    package func isDisputed(_ symbol: Symbol, _ interval: Range<Instant>) -> Bool {
        entries.values.contains {
            $0.dispute.range.symbol == symbol && $0.dispute.range.interval.overlaps(interval)
        }
    }

    /// Opens a dispute; at the bound the row that tells it is given back at once.
    package mutating func open(
        _ subject: Dispute.Subject, _ range: ReconciledRange, now: Int64
    ) -> Action? {
        guard entries.count < Self.openMax else {
            var told = range
            told.status = .different
            return .settled(told, [], nil, alarm: "\(Self.openMax) differences are being repaired already")
        }
        let due = now + pause(before: 0)
        entries[nextID] = Entry(
            dispute: Dispute(subject, range, dueMilliseconds: due), dueMilliseconds: due)
        nextID += 1
        return nil
    }

    /// Goes on with minutes that an earlier run left unsettled: they are looked at before anything is
    /// fetched. False when there is no room now.
    package mutating func resume(_ range: ReconciledRange, now: Int64) -> Bool {
        guard entries.count < Self.openMax else { return false }
        entries[nextID] = Entry(
            dispute: Dispute(.candle(range.interval), range, dueMilliseconds: now), phase: .toLook,
            dueMilliseconds: now)
        nextID += 1
        return true
    }

    /// What is due now.
    package mutating func actions(now: Int64) -> [Action] {
        var actions: [Action] = []
        for (id, entry) in entries.sorted(by: { $0.key < $1.key }) where now >= entry.dueMilliseconds {
            switch entry.phase {
            case .waiting:
                entries[id]?.phase = .refilling
                actions.append(.refill(request(id, entry.dispute)))
            case .toLook:
                entries[id]?.phase = .looking
                actions.append(.look(id, entry.dispute.subject, entry.dispute.range.symbol))
            case .correcting where !entry.correction.isEmpty:
                actions.append(.correct(id, entry.correction))
                entries[id]?.correction = []
            case .refilling, .looking, .correcting: break
            }
        }
        return actions
    }

    package mutating func refilled(
        _ id: Int, _ outcome: RefillOutcome, _ comparison: TradeComparison?, now: Int64
    ) -> Action? {
        guard var entry = entries[id], case .refilling = entry.phase else { return nil }
        let step = entry.dispute.refilled(outcome, comparison)
        return perform(step, id, &entry, now)
    }

    /// What the refill brought could not be laid beside what is stored: it comes again.
    package mutating func notRefilled(_ id: Int, now: Int64) {
        guard let entry = entries[id], case .refilling = entry.phase else { return }
        again(id, .waiting, now)
    }

    /// `look` is nil when it did not succeed: it comes again. `isKnown` says whether gaps which are told already
    /// are all that is missing.
    package mutating func looked(
        _ id: Int, _ look: Dispute.Look?, now: Int64, isKnown: (Shortfall) -> Bool = { _ in false }
    ) -> Action? {
        guard var entry = entries[id], case .looking = entry.phase else { return nil }
        entry.refusals += look == .refused ? 1 : 0
        entries[id] = entry
        guard let look, look != .refused || entry.refusals >= Self.refusalsMax else {
            again(id, .toLook, now)
            return nil
        }
        let pause = pause(before: entry.dispute.range.attempts)
        let step = entry.dispute.looked(look, pauseMilliseconds: pause, now: now, isKnown: isKnown)
        return perform(step, id, &entry, now)
    }

    package mutating func corrected(_ id: Int, now: Int64) {
        guard let entry = entries[id], case .correcting = entry.phase else { return }
        entries[id]?.phase = .toLook
        entries[id]?.dueMilliseconds = now
    }

    /// They could not be written: they come again, some times.
    package mutating func notCorrected(_ id: Int, _ trades: [Trade], now: Int64) {
        guard var entry = entries[id], case .correcting = entry.phase else { return }
        entry.correctionTries += 1
        if entry.correctionTries < Self.correctionTriesMax {
            entry.correction = trades
        } else {
            entry.dispute.correctionFailed()
            entry.phase = .toLook
        }
        entry.dueMilliseconds = now + settings.failureMilliseconds
        entries[id] = entry
    }

    private mutating func again(_ id: Int, _ phase: Phase, _ now: Int64) {
        entries[id]?.phase = phase
        entries[id]?.dueMilliseconds = now + settings.failureMilliseconds
    }

    private mutating func perform(
        _ step: Dispute.Step, _ id: Int, _ entry: inout Entry, _ now: Int64
    ) -> Action? {
        switch step {
        case .refill:
            entry.phase = .waiting
            entry.dueMilliseconds = entry.dispute.dueMilliseconds
        case .look:
            entry.phase = .toLook
            entry.dueMilliseconds = now
        case .correct(let trades):
            entry.phase = .correcting
            entry.correction = trades
            entry.dueMilliseconds = now
        case .settle(let range, let gaps, let alarm):
            entries[id] = nil
            return .settled(range, gaps, entry.dispute.shortfall, alarm: alarm)
        }
        entries[id] = entry
        return nil
    }

    private func pause(before repair: Int) -> Int64 {
        let pauses = settings.pausesMilliseconds
        return pauses.isEmpty ? 0 : pauses[min(repair, pauses.count - 1)]
    }

    /// With what the edges of the interval may hide.
    private func request(_ id: Int, _ dispute: Dispute) -> RefillRequest {
        let interval = dispute.range.interval
        return RefillRequest(
            dispute.range.symbol,
            interval.lowerBound.adding(seconds: -1)..<interval.upperBound.adding(seconds: 1),
            reason: Gap.Reason.proof, tag: id, keepsTrades: true)
    }
}
