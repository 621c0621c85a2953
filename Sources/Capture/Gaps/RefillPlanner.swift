import Market
import Upbit

/// Decides which market's trades are fetched next: the most active markets first, a few pages under way at
/// once, a market's own pages one after the other. Pure.
package struct RefillPlanner: Sendable {
    package static let pagesUnderWayMax = 4
    /// Beyond, a request is refused: it comes again from the table of gaps.
    package static let jobsMax = 10_000

    private var jobs: [Int: RefillJob] = [:]
    private var nextJob = 1
    private var activity: [Symbol: Double] = [:]
    private var committedThrough: UInt64 = 0

    package init() {}

    package var count: Int { jobs.count }

    /// The requests that are not finished.
    package var requests: [RefillRequest] { jobs.sorted { $0.key < $1.key }.map(\.value.request) }

    /// Trades of the market in a while: who has more goes first.
    package mutating func setActivity(_ activity: [Symbol: Double]) { self.activity = activity }

    /// False when there is no room for it; then it has to come again.
    package mutating func add(_ request: RefillRequest) -> Bool {
        guard !request.interval.isEmpty, jobs.count < Self.jobsMax else { return request.interval.isEmpty }
        jobs[nextJob] = RefillJob(request)
        nextJob += 1
        return true
    }

    package mutating func page(_ job: Int, _ trades: [Trade], sequence: UInt64, now: ProofClock) {
        guard jobs[job]?.phase == .fetching else { return }
        jobs[job]?.take(trades, sequence: sequence, now: now)
    }

    package mutating func failed(_ job: Int, _ failure: RefillFailure, now: ProofClock) {
        switch jobs[job]?.phase {
        case .fetching: jobs[job]?.fail(failure, now: now)
        case .counting: jobs[job]?.countFailed(now: now)
        default: break
        }
    }

    package mutating func counted(_ job: Int, _ trades: Int64) {
        guard jobs[job]?.phase == .counting else { return }
        jobs[job]?.counted(trades)
    }

    /// Every frame up to this one is committed.
    package mutating func committed(through sequence: UInt64) {
        committedThrough = max(committedThrough, sequence)
    }

    /// What can be done now. A finished job is told once and forgotten.
    package mutating func actions(_ now: ProofClock) -> [RefillAction] {
        var actions: [RefillAction] = []
        var underWay = jobs.values.count { $0.phase == .fetching }
        var busy = Set(jobs.values.filter { $0.phase == .fetching }.map(\.request.symbol))
        let order = jobs.sorted { left, right in
            let (first, second) = (activity(of: left.value), activity(of: right.value))
            return first == second ? left.key < right.key : first > second
        }
        for (id, job) in order {
            switch job.phase {
            case .toCount:
                guard now.milliseconds >= job.notBefore else { continue }
                jobs[id]?.phase = .counting
                actions.append(.count(job: id, job.request.symbol, job.request.interval))
            case .ready:
                let symbol = job.request.symbol
                guard underWay < Self.pagesUnderWayMax, !busy.contains(symbol), mayFetch(job, now) else {
                    continue
                }
                if let page = jobs[id]?.nextPage(now: now.exchange) {
                    underWay += 1
                    busy.insert(symbol)
                    actions.append(.fetch(job: id, page))
                }
            case .counting, .fetching, .committing: break
            }
        }
        return actions + finish(now)
    }

    /// When to ask again though nothing happens: nil while there is nothing to do.
    package func wakeMilliseconds(_ now: ProofClock) -> Int64? {
        jobs.isEmpty ? nil : now.milliseconds + 200
    }

    private func activity(of job: RefillJob) -> Double { activity[job.request.symbol] ?? 0 }

    private func mayFetch(_ job: RefillJob, _ now: ProofClock) -> Bool {
        let settled = job.request.interval.upperBound.adding(milliseconds: RefillJob.settleMilliseconds)
        guard now.milliseconds >= job.notBefore, now.exchange >= settled else { return false }
        let day = Timeframe.day1.start(of: now.exchange)
        let secondOfDay = now.exchange.microseconds(since: day) / 1_000_000
        return secondOfDay >= RefillJob.midnightSecondsAfter
            && secondOfDay < 86_400 - RefillJob.midnightSecondsBefore
    }

    /// Jobs whose last page is committed: count once more, then tell.
    private mutating func finish(_ now: ProofClock) -> [RefillAction] {
        var actions: [RefillAction] = []
        for (id, job) in jobs.sorted(by: { $0.key < $1.key }) where job.phase == .committing {
            guard job.lastSequence <= committedThrough, now.milliseconds >= job.notBefore else { continue }
            if job.outcome.filled != nil, !job.isRecounted {
                jobs[id]?.beginRecount()
                actions.append(.count(job: id, job.request.symbol, job.request.interval))
            } else {
                jobs[id] = nil
                actions.append(.finished(job.outcome))
            }
        }
        return actions
    }
}
