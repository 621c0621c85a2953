import Capture
import Derivation
import Journal
import Market
import Storage

/// A database as far as the commit loop knows one: rows with a key, positions, a lease; answers that get
/// lost; a standby that is behind and takes over.
struct SimulatedServer {
    struct Lease: Equatable {
        var owner: String
        var journal: String
        var epoch: Int64
        var expiresAt: Int64
    }

    /// A commit that is on its way.
    struct Request {
        let session: Int
        let owner: String
        let journal: String
        let epoch: Int64
        let trades: [Trade]
        let position: UInt64?
    }

    enum Refusal: Error, Equatable {
        case failure(CommitFailure, isOpen: Bool)
        /// Derivation threw where nothing was wrong.
        case derivation(String)
    }

    enum Change {
        case commit(
            keys: [TradeKey], value: Int128, journal: String?, before: UInt64?, derived: SimulatedDerived)
        case lease(before: Lease?)
        case gaps(before: [GapKey: Gap?])
        case ranges(before: [RangeKey: ReconciledRange?])
    }

    /// A standby is at most so many transactions behind.
    static let lagMax = 12

    private(set) var rows: [TradeKey: Trade] = [:]
    private(set) var positions: [String: UInt64] = [:]
    private(set) var lease: Lease?
    var gaps: [GapKey: Gap] = [:]
    var ranges: [RangeKey: ReconciledRange] = [:]
    /// What a participant made of the accepted rows, in the same transactions.
    private(set) var value: Int128 = 0
    /// Candles, indicators and states, of the same transactions.
    var derived = SimulatedDerived()
    private(set) var sessions: Set<Int> = []
    private(set) var commits = 0
    private var lastSession = 0
    private var log: [Change] = []
    var isDown = false
    var isReadOnly = false

    mutating func connect() throws(Refusal) -> Int {
        guard !isDown else { throw .failure(.connection, isOpen: false) }
        lastSession += 1
        sessions.insert(lastSession)
        return lastSession
    }

    mutating func disconnect(_ session: Int?) { if let session { sessions.remove(session) } }

    private func check(_ session: Int) throws(Refusal) {
        guard !isDown, sessions.contains(session) else { throw .failure(.connection, isOpen: false) }
        guard !isReadOnly else { throw .failure(.readOnly, isOpen: true) }
    }

    /// As the statement of `Lease.claim`.
    mutating func claim(_ owner: String, _ journal: String, at now: Int64) throws(Refusal) -> Int64? {
        guard !isDown, !isReadOnly else { throw .failure(.connection, isOpen: false) }
        if let lease, lease.expiresAt >= now, lease.owner != owner, lease.journal != journal { return nil }
        log.append(.lease(before: lease))
        let epoch = (lease?.epoch ?? 0) + 1
        lease = Lease(
            owner: owner, journal: journal, epoch: epoch, expiresAt: now + LeaseMachine.lifeMilliseconds)
        return epoch
    }

    mutating func renew(_ owner: String, at now: Int64) throws(Refusal) -> Bool {
        guard !isDown, !isReadOnly else { throw .failure(.connection, isOpen: false) }
        guard lease?.owner == owner else { return false }
        lease?.expiresAt = now + LeaseMachine.lifeMilliseconds
        return true
    }

    /// Raises the epoch, and reads the position back.
    mutating func open(
        _ session: Int, _ owner: String, _ journal: String
    ) throws(Refusal) -> (epoch: Int64, position: UInt64?) {
        try check(session)
        guard lease?.owner == owner, let epoch = lease?.epoch else { throw .failure(.lease, isOpen: true) }
        log.append(.lease(before: lease))
        lease?.epoch = epoch + 1
        return (epoch + 1, positions[journal])
    }

    /// The position, as long as the lease is still this session's.
    func look(
        _ session: Int, _ owner: String, _ journal: String, _ epoch: Int64
    ) throws(Refusal) -> UInt64? {
        try check(session)
        guard lease?.owner == owner, lease?.epoch == epoch else { throw .failure(.lease, isOpen: true) }
        return positions[journal]
    }

    /// The trades of a commit that are not stored yet.
    private func accepted(_ request: Request) -> [Trade] {
        var seen: Set<TradeKey> = []
        return request.trades.filter { rows[TradeKey($0)] == nil && seen.insert(TradeKey($0)).inserted }
    }

    /// A transaction that is taken back after derivation has done its part.
    func rehearse(
        _ request: Request, _ derivation: inout DerivationCore?, at now: Instant
    ) throws(Refusal) {
        var lost = derived
        try lost.derive(&derivation, accepted(request), at: now)
    }

    /// One transaction: all of it or nothing.
    mutating func commit(
        _ request: Request, _ derivation: inout DerivationCore?, at now: Instant
    ) throws(Refusal) {
        try check(request.session)
        guard !request.trades.contains(where: SimulatedExchange.isPoison) else {
            throw .failure(.row, isOpen: true)
        }
        guard let lease, lease.owner == request.owner, lease.epoch == request.epoch else {
            throw .failure(.lease, isOpen: true)
        }
        let accepted = accepted(request)
        let before = derived
        do throws(Refusal) {
            try derived.derive(&derivation, accepted, at: now)
        } catch {
            derived = before
            throw error
        }
        let keys = accepted.map { TradeKey($0) }
        let sum: Int128 = accepted.reduce(0) { $0 + $1.volume.unscaled }
        for trade in accepted { rows[TradeKey(trade)] = trade }
        value += sum
        let journal = request.position == nil ? nil : request.journal
        log.append(
            .commit(
                keys: keys, value: sum, journal: journal, before: positions[request.journal], derived: before)
        )
        if let position = request.position { positions[request.journal] = position }
        commits += 1
    }

    /// The standby takes over: the newest transactions never were, and all sessions end.
    mutating func failOver(back count: Int) {
        for _ in 0..<min(count, log.count, Self.lagMax) {
            switch log.removeLast() {
            case .lease(let before): lease = before
            case .gaps(let before): for (key, gap) in before { gaps[key] = gap }
            case .ranges(let before): for (key, range) in before { ranges[key] = range }
            case .commit(let keys, let sum, let journal, let before, let derived):
                self.derived = derived
                for key in keys { rows[key] = nil }
                value -= sum
                if let journal { positions[journal] = before }
            }
        }
        sessions = []
    }

    mutating func restart() { sessions = [] }

    mutating func logged(_ change: Change) { log.append(change) }

    /// A fault that nobody is told of: a row that is gone, or is another.
    mutating func spoil(_ key: TradeKey, _ change: (inout Trade?) -> Void) { change(&rows[key]) }

    /// Writes the exchange's values over those of stored trades.
    mutating func correct(_ trades: [Trade]) {
        for trade in trades where rows[TradeKey(trade)] != nil { rows[TradeKey(trade)] = trade }
    }
}
