import Capture
import Derivation
import Journal
import JournalKit
import Market
import Network
import Storage
import Upbit

/// One run of the program: the real machines, between a disk and a database that are not.
final class SimulatedProcess {
    enum Waiting {
        /// This goes to the commit machine now.
        case event(CommitMachine.Event)
        case until(Int64, CommitMachine.Event)
        case rows(notBefore: Int64, deadline: Int64)
        /// For the answer to this commit.
        case answer(Int)
        case nothing
    }

    let core: JournalCore
    let journal: String
    let owner: String
    let incarnation: Int
    var fleet: SessionFleet
    var feed: JournalFeed?
    var intake: Intake
    var isReading = false
    /// What was decoded and is not taken yet.
    var open = PreparedBatch()
    var batch = PreparedBatch()
    var machine: CommitMachine
    var waiting = Waiting.event(.begin)
    var session: Int?
    var lastCommitAt: Int64 = 0
    var lease = LeaseMachine()
    var leaseAction: LeaseMachine.Action
    var leaseAt: Int64 = 0
    var isHeld = false
    var isFoundLost = false
    /// Of its session, as `Lease` has it.
    var epoch: Int64 = 0
    /// Frames that the journal had no room for, by connection.
    var kept: [Int: SentFrame] = [:]
    var permits: [RatePermit?]
    var suspendedUntil: Int64 = 0
    let openRowsMax: Int
    /// Takes part in the commits; nil where it is not simulated.
    var derivation: DerivationCore?
    /// As `BatchSlot` has it: everything received until then is decoded.
    var throughNanoseconds: Int64?
    /// Refill and proof, where they are simulated too.
    let proof: SimulatedProof?

    init(
        _ disk: SimulatedDisk, name: String, incarnation: Int, at now: Int64, isProving: Bool,
        deriving: DerivationSettings?,
        _ random: inout JitterSource
    ) throws {
        var settings = JournalSettings()
        settings.ringBytes = JournalSettings.ringBytesRange.lowerBound
        settings.blockBytes = Int.random(in: 1_024...8_192, using: &random)
        settings.segmentBytes = Int.random(in: 4_096...40_000, using: &random)
        settings.segmentMilliseconds = Int.random(in: 500...20_000, using: &random)
        settings.syncMilliseconds = Int.random(in: 1...60, using: &random)
        settings.syncBytes = Int.random(in: 500...20_000, using: &random)
        settings.retryMilliseconds = 100
        settings.freeReserveBytes = 0
        settings.sizeMax = 256 << 20
        core = try JournalCore(
            disk: disk, settings: settings, committedPosition: nil, seed: random.next())
        journal = core.id.text
        self.incarnation = incarnation
        owner = "\(name) run \(incarnation)"
        fleet = SessionFleet(count: 2, seed: random.next(), at: now)
        permits = [nil, nil]
        var intake = IntakeSettings()
        intake.duplicateWindow = Int.random(in: 16...256, using: &random)
        let startedAt = SimulatedExchange.start.adding(milliseconds: now)
        proof = isProving ? SimulatedProof(startedAt: startedAt) : nil
        self.intake = Intake(intake, clockFrom: core.report.nextSequence, tap: proof?.tap)
        let rowsMax = Int.random(in: 4...60, using: &random)
        machine = CommitMachine(rowsMax: rowsMax)
        openRowsMax = rowsMax * 2
        derivation = deriving.map { DerivationCore($0) }
        leaseAction = lease.next(.begin)
    }

    func time(_ now: Int64) -> JournalTime {
        JournalTime(
            monotonicNanoseconds: now * 1_000_000,
            unixMicroseconds: SimulatedExchange.start.microseconds + now * 1_000)
    }

    var hasWork: Bool { open.rowCount > 0 || !open.aside.isEmpty }
}
