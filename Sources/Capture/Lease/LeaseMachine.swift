/// Decides when to claim the shard's lease and when to renew it.
package struct LeaseMachine: Sendable {
    /// How long a lease holds without renewal: so long a standby waits for a writer that went silent.
    package static let lifeMilliseconds: Int64 = 5_000
    package static let renewMilliseconds: Int64 = 1_000
    /// How often a standby tries.
    package static let seekMilliseconds: Int64 = 500
    /// A writer from which the server has waited so long for the rest of its rows is suspended or gone.
    package static let silentMilliseconds: Int64 = 3_000
    /// After trouble with the database.
    package static let troubleMilliseconds: Int64 = 500

    package enum Event: Sendable, Equatable {
        case begin
        /// Whether the claim was granted.
        case claimed(Bool)
        /// Whether the lease was still ours.
        case renewed(Bool)
        /// The database did not answer.
        case failed
        /// Whoever checked the lease found it gone.
        case foundLost
        /// A commit of ours stood behind a lock.
        case foundBlocked
        /// What a silent session held is free.
        case ended
        case waited
    }

    package enum Action: Sendable, Equatable {
        case claim
        case renew
        /// End the sessions of writers that went silent within a statement: they hold the keys of their rows.
        case endSilent
        case wait(milliseconds: Int64)
    }

    /// As far as we know. Each commit checks it once more, in its transaction.
    package private(set) var isHeld = false

    package init() {}

    package mutating func next(_ event: Event) -> Action {
        switch event {
        case .begin: return .claim
        case .claimed(true):
            isHeld = true
            return .endSilent
        case .claimed(false), .renewed(false):
            isHeld = false
            return .wait(milliseconds: Self.seekMilliseconds)
        case .foundLost:
            isHeld = false
            return .claim
        case .foundBlocked: return .endSilent
        case .ended, .renewed(true): return .wait(milliseconds: Self.renewMilliseconds)
        // It may still be ours: only the database knows, and the commit asks it.
        case .failed: return .wait(milliseconds: Self.troubleMilliseconds)
        case .waited: return isHeld ? .renew : .claim
        }
    }
}
