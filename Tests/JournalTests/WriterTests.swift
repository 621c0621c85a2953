import Journal
import JournalKit
import TestKit
import Testing

@Suite struct WriterTests {
    @Test func aFrameIsSyncedWhenItsTimeHasComeAndNotBefore() throws {
        var journal = try SteppedJournal()
        journal.append([1])
        journal.pass(milliseconds: 19)
        var rest = journal.core.step(at: journal.now).rest
        #expect(journal.core.figures.syncedThrough == 0)
        #expect(rest.untilMonotonicNanoseconds == journal.now.monotonicNanoseconds + 1_000_000)
        journal.pass(milliseconds: 1)
        rest = journal.core.step(at: journal.now).rest
        #expect(journal.core.figures.syncedThrough == 1)
        #expect(rest.untilMonotonicNanoseconds > journal.now.monotonicNanoseconds + 100_000_000)
    }

    @Test func manyBytesAreSyncedHoweverYoung() throws {
        let journal = try SteppedJournal()
        for number in 1...100 as ClosedRange<UInt64> { journal.append(SteppedJournal.payload(number)) }
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.syncedThrough == 100)
    }

    @Test func oneSyncServesAGroup() throws {
        var journal = try SteppedJournal()
        for _ in 0..<50 { journal.append([1, 2, 3]) }
        journal.pass(milliseconds: 20)
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.written.syncs == 1)
        #expect(journal.core.figures.written.frames == 50)
    }

    @Test func segmentsEndBySizeAndByAgeAndAreSealed() throws {
        var journal = try SteppedJournal()
        journal.fill(1_000)
        let bySize = journal.core.figures.segments
        #expect(bySize >= 4)
        journal.pass(milliseconds: 3_600_000)
        journal.core.step(at: journal.now)
        journal.fill(1)
        #expect(journal.core.figures.segments == bySize + 1)
        // All but the last need no look at their blocks, so damage there is not seen at the start.
        let damaged = journal.disk.copy()
        var bytes = try #require(damaged.content(of: "00000000000000000001.segment"))
        bytes[100] ^= 1
        damaged.put(bytes, as: "00000000000000000001.segment")
        #expect(try SteppedJournal(damaged).core.report.damages.isEmpty)
    }

    @Test func aFullDiskIsAStateAndNothingTakenIsLost() throws {
        var journal = try SteppedJournal()
        journal.disk.limit(to: 20_000)
        var accepted: UInt64 = 0
        for _ in 0..<2_000 {
            if case .accepted(let sequence) = journal.append(SteppedJournal.payload(accepted + 1)) {
                accepted = sequence
            }
            journal.pass(milliseconds: 1)
            journal.core.step(at: journal.now)
        }
        let full = journal.core.figures
        #expect(full.state == .full)
        #expect(full.syncedThrough < accepted)
        #expect(full.framesRefused > 0)
        #expect(
            full.troubles.contains {
                if case .disk(let failure) = $0 { failure.kind == .full } else { false }
            })
        journal.disk.limit(to: .max)
        journal.pass(milliseconds: 1_000)
        #expect(journal.core.step(at: journal.now).hasRoom)
        journal.pass(milliseconds: 1_000)
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.state == .normal)
        #expect(journal.core.figures.syncedThrough == accepted)
        let frames = try SteppedJournal.read(try journal.core.feed(after: 0)).frames
        #expect(frames.map(\.0) == Array(1...accepted))
        #expect(frames.allSatisfy { $0.1 == SteppedJournal.payload($0.0) })
        // And after a crash just then, the same.
        let again = try SteppedJournal(journal.disk)
        #expect(again.core.report.lastSequence == accepted)
    }

    @Test func whatAFailedSyncLeftInDoubtIsWrittenAgainElsewhere() throws {
        var journal = try SteppedJournal()
        journal.fill(30)
        journal.disk.fail(.sync, times: 1)
        for number in 31...40 as ClosedRange<UInt64> { journal.append(SteppedJournal.payload(number)) }
        journal.pass(milliseconds: 20)
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.state == .alarm)
        #expect(journal.core.figures.syncedThrough == 30)
        journal.pass(milliseconds: 1_000)
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.state == .normal)
        #expect(journal.core.figures.segments == 2)
        var random = SeededRandom(seed: 3)
        journal.disk.crash(&random)
        let again = try SteppedJournal(journal.disk)
        #expect(again.core.report.lastSequence == 40)
        let (frames, holes) = try SteppedJournal.read(try again.core.feed(after: 0))
        #expect(holes.isEmpty)
        #expect(frames.map(\.0) == Array(1...40))
    }

    @Test func aSegmentWhoseFirstSyncFailsIsMadeAnew() throws {
        var journal = try SteppedJournal()
        journal.disk.fail(.sync, times: 1)
        journal.append(SteppedJournal.payload(1))
        journal.pass(milliseconds: 20)
        journal.core.step(at: journal.now)
        journal.disk.fail(.remove, times: 1)
        for _ in 0..<3 {
            journal.pass(milliseconds: 1_000)
            journal.core.step(at: journal.now)
        }
        #expect(journal.core.figures.syncedThrough == 1)
        #expect(journal.core.figures.segments == 1)
        #expect(try SteppedJournal(journal.disk).core.report.lastSequence == 1)
    }

    @Test func everyKindOfFailureAtEveryMomentLosesNothing() throws {
        for operation in [DiskOperation.create, .write, .sync, .truncate, .remove] {
            for at in 0..<60 {
                var journal = try SteppedJournal()
                journal.fill(at)
                journal.disk.fail(operation, times: 2)
                journal.fill(200)
                for _ in 0..<4 {
                    journal.pass(milliseconds: 1_000)
                    journal.core.step(at: journal.now)
                }
                let last = journal.core.figures.lastSequence
                #expect(journal.core.figures.syncedThrough == last, "\(operation) after \(at)")
                let again = try SteppedJournal(journal.disk)
                let (frames, holes) = try SteppedJournal.read(try again.core.feed(after: 0))
                #expect(holes.isEmpty && frames.map(\.0) == Array(1...last), "\(operation) after \(at)")
            }
        }
    }

    @Test func aClockThatIsAbsurdDelaysNothing() throws {
        var journal = try SteppedJournal()
        for monotonic in [Int64.min, -1, 0, .max] {
            let time = JournalTime(monotonicNanoseconds: monotonic, unixMicroseconds: monotonic)
            _ = [1].withUnsafeBytes {
                journal.core.append(kind: .webSocket, connection: 1, time: time, payload: $0)
            }
            journal.pass(milliseconds: 1)
            journal.core.step(at: journal.now)
        }
        journal.pass(milliseconds: 20)
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.syncedThrough == 4)
        journal.pass(milliseconds: 3_600_000)
        journal.core.step(at: journal.now)
        journal.core.committed(through: 4)
        journal.fill(3)
        #expect(try SteppedJournal(journal.disk).core.report.lastSequence == 7)
    }

    @Test func settingsOutOfBoundsAreRefused() {
        for change in [
            { (settings: inout JournalSettings) in settings.ringBytes = 10 },
            { $0.syncMilliseconds = 0 }, { $0.blockBytes = 1 << 30 }, { $0.sizeMax = 1 },
        ] {
            var settings = JournalSettings()
            change(&settings)
            let error = #expect(throws: JournalError.self) { try settings.checked() }
            #expect(error?.code == .settings)
        }
    }
}
