import Foundation
import Journal
import JournalKit
import TestKit
import Testing

/// Crashes at random moments on a disk that tears and reorders what was not synced, with failures between.
@Suite struct CrashSimulationTests {
    /// More with YEOUL_TORTURE=1.
    private static var seeds: Range<UInt64> {
        0..<(ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == nil ? 2_000 : 100_000)
    }

    @Test func whatWasSyncedSurvivesEveryCrashAndNothingElseAppears() throws {
        var holes = 0
        var cuts = 0
        var lostUnsynced = 0
        for seed in Self.seeds {
            let outcome = try Self.run(seed)
            holes += outcome.holes
            cuts += outcome.cuts
            lostUnsynced += outcome.lostUnsynced
        }
        // The adversary must have done something.
        #expect(holes > 20 && cuts > 500 && lostUnsynced > 1_000)
    }

    private static func run(_ seed: UInt64) throws -> (holes: Int, cuts: Int, lostUnsynced: Int) {
        var random = SeededRandom(seed: seed)
        let disk = SimulatedDisk()
        // What was appended under each number in the life that is remembered.
        var written: [UInt64: [UInt8]] = [:]
        var mustHave: Set<UInt64> = []
        var committed: UInt64 = 0
        var cuts = 0
        var holes = 0
        var lost = 0
        var clock: Int64 = 0
        for _ in 0..<4 {
            var journal = try SteppedJournal(disk, committed: committed, seed: seed)
            journal.now.monotonicNanoseconds += clock
            cuts += journal.core.report.cuts.count
            let (frames, found) = try SteppedJournal.read(try journal.core.feed(after: 0))
            holes += found.count
            var have: Set<UInt64> = []
            for (sequence, payload) in frames {
                #expect(have.insert(sequence).inserted, "seed \(seed): frame \(sequence) came twice")
                #expect(written[sequence] == payload, "seed \(seed): frame \(sequence) is another")
            }
            let missing = mustHave.subtracting(have)
            #expect(missing.isEmpty, "seed \(seed): synced frames \(missing.sorted().prefix(5)) are lost")
            #expect(journal.core.report.nextSequence > committed, "seed \(seed): a number is used twice")
            lost += written.count - have.count
            written = written.filter { have.contains($0.key) }
            try live(&journal, &written, &random)
            mustHave = Set(written.keys.filter { $0 <= journal.core.figures.syncedThrough })
            // The database may have taken frames that no sync has made safe.
            if Bool.random(using: &random) { committed = journal.core.figures.lastSequence }
            clock = journal.now.monotonicNanoseconds
            disk.limit(to: .max)
            for operation in [DiskOperation.create, .write, .sync, .remove, .truncate] {
                disk.fail(operation, times: 0)
            }
            disk.crash(&random)
        }
        return (holes, cuts, lost)
    }

    private static func live(
        _ journal: inout SteppedJournal, _ written: inout [UInt64: [UInt8]], _ random: inout SeededRandom
    ) throws {
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let payload = SteppedJournal.payload(
                    random.next(), bytes: Int.random(in: 0...1_500, using: &random))
                if case .accepted(let sequence) = journal.append(payload) { written[sequence] = payload }
            }
            journal.pass(milliseconds: Int.random(in: 0...40, using: &random))
            switch UInt32.random(in: 0..<100, using: &random) {
            case 0: journal.disk.fail(.sync, times: Int.random(in: 1...3, using: &random))
            case 1: journal.disk.fail(.write, times: Int.random(in: 1...3, using: &random))
            case 2: journal.disk.fail(.create, times: 1)
            case 3: journal.disk.fail(.truncate, times: 1)
            case 4: journal.pass(milliseconds: 2_000)
            default: break
            }
            journal.core.step(at: journal.now)
        }
    }
}
