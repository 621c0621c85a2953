import Market
import Upbit

/// One refill on its way from the end of its interval back to the beginning, a UTC day after the other.
struct RefillJob: Sendable {
    enum Phase: Hashable, Sendable {
        /// The stored trades are to be counted, before or after.
        case toCount
        case counting
        case ready
        case fetching
        /// Everything was fetched; the journal's position has yet to pass it.
        case committing
    }

    /// Pages of one job: 50 million trades. The rest is given up.
    static let pagesMax = 100_000
    /// Trades kept for a comparison.
    static let tradesKeptMax = 100_000
    /// Trades reach the exchange's REST side a little later.
    static let settleMilliseconds: Int64 = 2_000
    /// Around midnight nobody knows which day the exchange means by `days_ago`.
    static let midnightSecondsBefore: Int64 = 10
    static let midnightSecondsAfter: Int64 = 5
    private static let firstPauseMilliseconds: Int64 = 1_000
    private static let pauseMillisecondsMax: Int64 = 600_000

    let request: RefillRequest
    var phase = Phase.toCount
    var outcome: RefillOutcome
    /// Not before this time of the monotonic clock.
    var notBefore: Int64 = 0
    var lastSequence: UInt64 = 0
    private var isFetched = false
    /// The trades were counted behind the last page as well.
    private(set) var isRecounted = false
    private var storedBefore: Int64?
    private var failures = 0
    private var day: CalendarDate
    private var cursor: Int64?
    /// Everything from here to the end was fetched.
    private var covered: Instant

    init(_ request: RefillRequest) {
        self.request = request
        outcome = RefillOutcome(request)
        outcome.trades = request.keepsTrades ? [] : nil
        covered = request.interval.upperBound
        day = CivilTime(covered.adding(microseconds: -1)).date
    }

    /// The page to ask for, or nil when the exchange does not have it any more; then the job is fetched.
    mutating func nextPage(now: Instant) -> RefillPageRequest? {
        let today = CivilTime(now).date.daysSinceEpoch
        let days = today - day.daysSinceEpoch
        guard days <= Quotation.daysAgoMax else {
            stop(because: "older than the \(Quotation.daysAgoMax) days that the exchange keeps")
            return nil
        }
        guard outcome.pages < Self.pagesMax else {
            stop(because: "more than \(Self.pagesMax) pages")
            return nil
        }
        phase = .fetching
        // Whole seconds, and the exchange may or may not count the second itself.
        let end = request.interval.upperBound.adding(seconds: 2)
        let isWithinDay = CivilTime(end).date == day
        return RefillPageRequest(
            symbol: request.symbol, day: day, daysAgo: days <= 0 ? nil : days, cursor: cursor,
            before: cursor == nil && isWithinDay ? CivilTime(end) : nil)
    }

    /// Takes a page, newest first. `sequence` is that of the journal's frame.
    mutating func take(_ trades: [Trade], sequence: UInt64, now: ProofClock) {
        outcome.pages += 1
        let dayStart = day.startOfDay
        let dayEnd = dayStart.adding(seconds: 86_400)
        guard trades.allSatisfy({ $0.symbol == request.symbol && $0.time >= dayStart && $0.time < dayEnd })
        else {
            fail("the exchange answered with trades of another market or day", now: now)
            return
        }
        guard let last = trades.last else {
            failures = 0
            enterDayBefore(dayStart)
            return
        }
        guard last.sequentialID != cursor else {
            fail("the exchange gave the same page twice", now: now)
            return
        }
        failures = 0
        lastSequence = max(lastSequence, sequence)
        cursor = last.sequentialID
        let wanted = trades.filter { request.interval.contains($0.time) }
        if let kept = outcome.trades {
            outcome.trades = kept.count + wanted.count <= Self.tradesKeptMax ? kept + wanted : nil
        }
        // Others of the last one's millisecond may be on the next page.
        covered = max(
            request.interval.lowerBound, min(covered, last.time.adding(milliseconds: 1)))
        if last.time < request.interval.lowerBound { complete() } else { phase = .ready }
    }

    /// A page did not come.
    mutating func fail(_ failure: RefillFailure, now: ProofClock) {
        switch failure {
        case .temporary(let text): fail(text, now: now)
        case .refused(let text): stop(because: "the exchange refuses: \(text)")
        }
    }

    private mutating func fail(_ text: String, now: ProofClock) {
        failures += 1
        phase = .ready
        notBefore = now.milliseconds + Self.pause(after: failures)
        if let most = request.failuresMax, failures >= most {
            outcome.isGivenUp = true
            stop(because: text)
        }
    }

    /// Doubles from a second to ten minutes.
    static func pause(after failures: Int) -> Int64 {
        min(pauseMillisecondsMax, firstPauseMilliseconds << Int64(min(max(failures, 1), 11) - 1))
    }

    /// The last page is committed: count again.
    mutating func beginRecount() { phase = .counting }

    /// The database did not count: ask again.
    mutating func countFailed(now: ProofClock) {
        phase = isFetched ? .committing : .toCount
        notBefore = now.milliseconds + Self.pause(after: 1)
    }

    /// The stored trades were counted, before the first page or after the last was committed.
    mutating func counted(_ trades: Int64) {
        if isFetched {
            outcome.tradesFilled = trades - (storedBefore ?? trades)
            isRecounted = true
            phase = .committing
        } else {
            storedBefore = trades
            phase = .ready
        }
    }

    private mutating func enterDayBefore(_ dayStart: Instant) {
        covered = max(request.interval.lowerBound, min(covered, dayStart))
        guard dayStart > request.interval.lowerBound else { return complete() }
        day = CalendarDate(daysSinceEpoch: day.daysSinceEpoch - 1)
        cursor = nil
        phase = .ready
    }

    private mutating func complete() {
        outcome.filled = request.interval
        covered = request.interval.lowerBound
        isFetched = true
        phase = .committing
    }

    /// What was not reached cannot be had.
    private mutating func stop(because reason: String) {
        let interval = request.interval
        outcome.failure = reason
        outcome.unfillable = covered > interval.lowerBound ? interval.lowerBound..<covered : nil
        outcome.filled = covered < interval.upperBound ? covered..<interval.upperBound : nil
        isFetched = true
        notBefore = .min
        phase = .committing
    }
}
