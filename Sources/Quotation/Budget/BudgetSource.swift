/// Decides which budget a host's calls are counted in, when several hosts share one over the database: that
/// one, or the host's fixed share of it while the database is away. Pure; times are monotonic milliseconds.
///
/// Other hosts notice the loss and the return of the database at other times. So nobody calls for a while
/// after the loss, until what was granted before is out of the exchange's windows. And who finds the
/// database again writes there until when all hosts keep to their shares.
package struct BudgetSource: Sendable {
    package struct Settings: Sendable {
        /// How often the database is looked for while it is away.
        package var probeMilliseconds: Int64 = 2_000
        /// How long all keep to their shares after somebody found the database: longer than any other host
        /// takes to find it, which is a probe's interval and its two deadlines.
        package var returnMilliseconds: Int64 = 10_000
        /// A call that was granted arrives within this time, but for the rarest.
        package var underWayMilliseconds: Int64 = 2_000

        package init() {}
    }

    /// A limit of a longer period is not waited for: its share alone keeps it.
    package static let periodMillisecondsMax: Int64 = 2_000

    /// How soon a call asks again that waits for the database to be looked for.
    package static let lookMilliseconds: Int64 = 50

    package enum Place: Sendable, Equatable {
        case database
        case share
        /// No call is granted before.
        case nobody(untilMilliseconds: Int64)
    }

    private enum State: Sendable {
        case database
        case away
        case returning(atMilliseconds: Int64)
    }

    package let settings: Settings
    private var state = State.database
    /// Until then the database may have granted something, to whomever.
    private var leftDatabaseMilliseconds = Int64.min / 2
    private var probedMilliseconds = Int64.min / 2
    private var isProbing = false
    /// Looked for once at least since it was lost, in vain: a short outage is none that every host notices.
    private var isConfirmed = false

    package init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    package var isAway: Bool {
        if case .away = state { true } else { false }
    }

    /// Where a call is to be counted whose limit has this period.
    package mutating func place(periodMilliseconds: Int64, nowMilliseconds now: Int64) -> Place {
        let quiet = min(periodMilliseconds, Self.periodMillisecondsMax) + settings.underWayMilliseconds
        let begin = leftDatabaseMilliseconds + quiet
        switch state {
        case .database: return .database
        case .away:
            // After a time without calls the others may have found it long ago, so it is looked for first.
            let isKnown = isConfirmed && now < probedMilliseconds + settings.returnMilliseconds
            if isKnown, now >= begin { return .share }
            let look = max(now + Self.lookMilliseconds, probedMilliseconds + settings.probeMilliseconds)
            return .nobody(untilMilliseconds: now < begin ? min(begin, look) : look)
        case .returning(let end):
            if now >= end {
                state = .database
                return .database
            }
            // The shares' calls, too, must be out of the windows when the whole budget begins.
            if now >= end - quiet { return .nobody(untilMilliseconds: end) }
            return now < begin ? .nobody(untilMilliseconds: min(begin, end)) : .share
        }
    }

    /// Whether the database is to be looked for now; then tell what came of it.
    package mutating func shouldProbe(nowMilliseconds now: Int64) -> Bool {
        guard isAway, !isProbing, now >= probedMilliseconds + settings.probeMilliseconds else { return false }
        isProbing = true
        return true
    }

    /// The database answered a question of ours. `sharesMilliseconds` is how long it says that all hosts keep
    /// to their shares, zero or less when they do not.
    package mutating func answered(sharesMilliseconds: Int64, nowMilliseconds now: Int64) {
        isProbing = false
        isConfirmed = false
        // Until now calls may have been granted there, to us or to other hosts.
        leftDatabaseMilliseconds = now
        guard sharesMilliseconds > 0 else { return }
        state = .returning(atMilliseconds: now + min(sharesMilliseconds, settings.returnMilliseconds))
    }

    /// A question of ours was not answered.
    package mutating func failed(nowMilliseconds now: Int64) {
        guard !isAway else { return }
        isProbing = false
        isConfirmed = false
        probedMilliseconds = now
        leftDatabaseMilliseconds = now
        state = .away
    }

    /// The database was looked for in vain.
    package mutating func probeFailed(nowMilliseconds now: Int64) {
        guard isAway else { return }
        isProbing = false
        isConfirmed = true
        probedMilliseconds = now
    }
}
