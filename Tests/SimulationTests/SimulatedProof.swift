import Capture
import Market
import Storage
import Upbit

/// Refill and proof of one run of the program: the real machines, and what their drivers keep.
final class SimulatedProof {
    /// A call of REST that waits for its turn, or for its answer.
    enum Call {
        case page(job: Int, RefillPageRequest)
        case minutes(CandleProof.Question)
        case look(dispute: Int, Symbol, Range<Instant>)

        var group: RateGroup { if case .page = self { .trades } else { .candles } }
        var priority: RatePriority { if case .page = self { .refill } else { .proof } }
    }

    struct Flight {
        let call: Call
        let lands: Int64
        let permit: RatePermit
        let outcome: Outcome
    }

    enum Outcome {
        case answered
        case failed
        case tooMany
    }

    let startedAt: Instant
    let tap: TickerTap
    let time = ExchangeTime()
    let book = GapBook()
    var tracker = CoverageTracker()
    var planner = RefillPlanner()
    var candles: CandleProof
    var disputes: DisputeBook
    var ranges = ProofRanges()
    var watch = CommitWatch()
    /// The last frame that this run saw committed.
    var position: UInt64 = 0
    var waiting: [Gap] = []
    var toOpen: [RefillRequest] = []
    var toWrite: [Gap] = []
    var told = ToldGaps()
    /// What an earlier run left without a verdict.
    var holes: [ReconciledRange] = []
    var isResumed = false
    var calls: [Call] = []
    var flights: [Flight] = []
    var pollAt = Int64.min
    var flushAt = Int64.min

    init(startedAt: Instant) {
        self.startedAt = startedAt
        var stream = StreamProof.Settings()
        stream.windowMilliseconds = 2_000
        stream.settleMilliseconds = 1_000
        tap = TickerTap(stream)
        var candle = CandleProof.Settings()
        candle.secondLookMilliseconds = 3_000
        candle.callMilliseconds = 400
        candle.failureMilliseconds = 2_000
        candles = CandleProof(candle)
        var disputes = DisputeBook.Settings()
        disputes.pausesMilliseconds = [400, 1_000, 4_000]
        disputes.failureMilliseconds = 1_000
        self.disputes = DisputeBook(disputes)
    }

    /// Nothing is being fetched, repaired or written.
    var isIdle: Bool {
        planner.count == 0 && disputes.count == 0 && toOpen.isEmpty && toWrite.isEmpty && waiting.isEmpty
            && !ranges.hasOthers
    }
}
