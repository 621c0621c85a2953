import Market
import Upbit

/// Two processes that share a budget through its record, and an exchange that counts what arrives.
/// One thread, a virtual clock, seeded latencies.
struct RateSimulation {
    struct Caller {
        var process: Int
        var group: RateGroup
        var priority: RatePriority
        var permit: RatePermit?
    }

    enum Event {
        case ask(Int)
        /// The question has come to where the budget is kept.
        case decide(Int)
        case arrive(Int, RatePermit)
        case answer(Int, RatePermit, RateOutcome)
        case finish(Int, RatePermit, RateOutcome)
    }

    var random: SeededRandom
    var queue = EventQueue<Event>()
    var record: [UInt8]
    let table: RateTable
    var limiter: ServerLimiter
    var callers: [Caller]
    /// Microseconds a way takes: at least, and how much longer at most.
    var wayMicroseconds: (least: Int64, extra: Int64) = (4_000, 12_000)
    /// How much longer a call may take on its way there: a caller's first one connects before it.
    var connectMicroseconds: Int64 = 0
    var connected: Set<Int> = []
    /// The same to the budget and back: none for a file, some for a database.
    var budgetMicroseconds: (least: Int64, extra: Int64) = (0, 0)
    var allowed: [RateGroup: Int] = [:]
    var allowedByPriority: [RatePriority: Int] = [:]
    var violations = 0
    /// In each hour callers want all they can get for so long; otherwise they call every 10 s.
    var busySecondsAnHour: Int64 = 3_600
    var allowedWhileBusy = 0
    /// Of every so many calls one is lost without an answer.
    var lostOneIn = 0

    init(table: RateTable, callers: [Caller], seed: UInt64) {
        self.table = table
        self.callers = callers
        random = SeededRandom(seed: seed)
        limiter = ServerLimiter(table: table, phaseMicroseconds: Int64(seed % 1_000_000))
        let budget = RateBudget(table: table)
        record = [UInt8](repeating: 0, count: budget.recordByteCount)
        record.withUnsafeMutableBytes { budget.write(to: $0) }
    }

    mutating func run(seconds: Int64) {
        for caller in callers.indices { queue.push(random.next(below: 100_000), .ask(caller)) }
        while let (time, event) = queue.pop(), time < seconds * 1_000_000 {
            let now = Instant(microseconds: time)
            switch event {
            case .ask(let caller): queue.push(time + budgetWay(), .decide(caller))
            case .decide(let caller): decide(caller, now)
            case .arrive(let caller, let permit): arrive(caller, permit, now)
            case .answer(let caller, let permit, let outcome):
                queue.push(time + budgetWay(), .finish(caller, permit, outcome))
            case .finish(let caller, let permit, let outcome):
                withBudget { $0.finish(permit, outcome, now: now) }
                let pause = isBusy(time) ? 0 : min(10_000_000, 3_600_000_000 - time % 3_600_000_000)
                queue.push(time + pause + random.next(below: 300), .ask(caller))
            }
        }
    }

    private func isBusy(_ time: Int64) -> Bool { time % 3_600_000_000 < busySecondsAnHour * 1_000_000 }

    private mutating func withBudget<Result>(_ body: (inout RateBudget) -> Result) -> Result {
        let table = table
        return record.withUnsafeMutableBytes { bytes in
            var budget =
                RateBudget(record: UnsafeRawBufferPointer(bytes), table: table) ?? RateBudget(table: table)
            defer { budget.write(to: bytes) }
            return body(&budget)
        }
    }

    private mutating func decide(_ index: Int, _ now: Instant) {
        let caller = callers[index]
        let back = budgetWay()
        switch withBudget({ $0.request(caller.group, priority: caller.priority, now: now) }) {
        case .granted(let permit):
            queue.push(now.microseconds + back + connecting(index) + way(), .arrive(index, permit))
        case .wait(let until), .stopped(let until):
            queue.push(
                max(until.microseconds, now.microseconds + back) + random.next(below: 3_000), .ask(index))
        }
    }

    private mutating func arrive(_ index: Int, _ permit: RatePermit, _ now: Instant) {
        let outcome: RateOutcome
        switch limiter.judge(permit.group, now: now) {
        case .allowed(let remaining):
            outcome = .answered(remaining)
            allowed[permit.group, default: 0] += 1
            allowedByPriority[callers[index].priority, default: 0] += 1
            if isBusy(now.microseconds) { allowedWhileBusy += 1 }
        case .tooMany:
            outcome = .tooMany(retryAfterSeconds: nil)
            violations += 1
        case .banned(let seconds):
            outcome = .banned(seconds: seconds)
            violations += 1
        }
        if lostOneIn > 0, random.next(below: Int64(lostOneIn)) == 0 {
            queue.push(now.microseconds + 5_000_000, .answer(index, permit, .lost))
        } else {
            queue.push(now.microseconds + 1_000 + way(), .answer(index, permit, outcome))
        }
    }

    private mutating func connecting(_ caller: Int) -> Int64 {
        guard connectMicroseconds > 0, connected.insert(caller).inserted else { return 0 }
        return random.next(below: connectMicroseconds)
    }

    private mutating func budgetWay() -> Int64 {
        budgetMicroseconds.least
            + (budgetMicroseconds.extra > 0 ? random.next(below: budgetMicroseconds.extra) : 0)
    }

    private mutating func way() -> Int64 {
        wayMicroseconds.least + random.next(below: wayMicroseconds.extra)
    }
}
