import Journal
import JournalKit
import TestKit
import Testing

@Suite struct RetentionTests {
    private func journal(_ change: (inout JournalSettings) -> Void) throws -> SteppedJournal {
        var settings = SteppedJournal.small
        change(&settings)
        return try SteppedJournal(SimulatedDisk(), settings)
    }

    @Test func committedSegmentsGoBySizeTheOldestFirst() throws {
        var journal = try journal {
            $0.sizeMax = 128 << 10
            $0.upkeepMilliseconds = 10
        }
        for _ in 0..<40 {
            let last = journal.fill(100)
            journal.core.committed(through: last)
        }
        let figures = journal.core.figures
        #expect(figures.bytes <= (128 << 10) + (16 << 10))
        #expect(figures.bytes > 64 << 10)
        #expect(figures.oldestSequence > 1)
        #expect(figures.state == .normal)
        #expect(figures.written.segmentsDropped > 5)
        #expect(figures.lastSequence == 4_000)
    }

    @Test func committedSegmentsGoByAge() throws {
        var journal = try journal { $0.keepMilliseconds = 3_600_000 }
        journal.fill(500)
        journal.core.committed(through: 500)
        let before = journal.core.figures.segments
        journal.pass(milliseconds: 3_000_000)
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.segments == before)
        journal.pass(milliseconds: 700_000)
        journal.core.step(at: journal.now)
        #expect(journal.core.figures.segments <= 1)
    }

    @Test func anUncommittedSegmentNeverGoes() throws {
        var journal = try journal { $0.keepMilliseconds = 0 }
        journal.fill(2_000)
        journal.core.committed(through: 3)
        journal.pass(milliseconds: 100_000_000)
        journal.core.step(at: journal.now)
        // So the disk must have them.
        #expect(!journal.core.ringHolds(4))
        let frames = try SteppedJournal.read(try journal.core.feed(after: 3)).frames
        #expect(frames.map(\.0) == Array(4...2_000))
    }

    @Test func theAlarmSoundsWellBeforeTheBoundAndFullMeansRefused() throws {
        var journal = try journal { $0.sizeMax = 256 << 10 }
        var alarmAt: Int?
        var fullAt: Int?
        for _ in 0..<10_000 where fullAt == nil {
            journal.append(SteppedJournal.payload(1, bytes: 200))
            journal.pass(milliseconds: 10)
            journal.core.step(at: journal.now)
            let figures = journal.core.figures
            if figures.state == .alarm { alarmAt = alarmAt ?? figures.uncommittedBytes }
            if figures.state == .full { fullAt = figures.uncommittedBytes }
        }
        let alarm = try #require(alarmAt)
        let full = try #require(fullAt)
        #expect(alarm >= (256 << 10) / 100 * 70 && alarm < (256 << 10) * 8 / 10)
        #expect(full >= 256 << 10 && full < (256 << 10) * 11 / 10)
        #expect(journal.append([1]) == .full)
        let last = journal.core.figures.lastSequence
        // A little less is not enough: it would be full again at once.
        journal.core.committed(through: last / 10)
        #expect(!journal.core.step(at: journal.now).hasRoom)
        #expect(journal.append([1]) == .full)
        journal.core.committed(through: last)
        #expect(journal.core.step(at: journal.now).hasRoom)
        #expect(journal.core.figures.state == .normal)
        #expect(journal.append([1]) == .accepted(last + 1))
    }

    @Test func theDisksReserveIsLeftToOthers() throws {
        var journal = try journal {
            $0.freeReserveBytes = 100 << 10
            $0.upkeepMilliseconds = 10
        }
        journal.disk.limit(to: 400 << 10)
        journal.fill(2_000, bytes: 300)
        // Nothing may go, so it stops before the reserve is gone.
        #expect(journal.core.figures.state == .full)
        #expect(try journal.disk.freeBytes() > 80 << 10)
        #expect(journal.append([1]) == .full)
        // What is committed makes room.
        journal.core.committed(through: journal.core.figures.lastSequence)
        journal.pass(milliseconds: 1_000)
        journal.core.step(at: journal.now)
        #expect(journal.append([1]) != .full)
        #expect(try journal.disk.freeBytes() > 100 << 10)
    }

    @Test func aDiskThatIsSmallForOneSegmentDoesNotStayFull() throws {
        var journal = try journal {
            $0.upkeepMilliseconds = 10
            $0.segmentBytes = 64 << 20
            $0.segmentMilliseconds = 3_600_000
        }
        journal.disk.limit(to: 100 << 10)
        var last: UInt64 = 0
        while last < 10_000, journal.core.figures.written.failures == 0 {
            last = journal.fill(100, bytes: 300)
            journal.pass(milliseconds: 1_000)
        }
        #expect(journal.core.figures.written.failures > 0)
        // The database was away until now.
        journal.core.committed(through: last)
        for _ in 0..<3 {
            journal.pass(milliseconds: 1_000)
            journal.core.step(at: journal.now)
        }
        #expect(journal.core.figures.troubles.isEmpty)
        #expect(journal.core.figures.syncedThrough == last)
    }

    @Test func aFullDiskWithoutReserveGetsRoomFromCommittedSegments() throws {
        var journal = try journal { $0.upkeepMilliseconds = 10 }
        journal.disk.limit(to: 100 << 10)
        var last: UInt64 = 0
        for _ in 0..<30 {
            last = journal.fill(100, bytes: 300)
            journal.core.committed(through: last)
            journal.pass(milliseconds: 2_000)
            journal.core.step(at: journal.now)
        }
        #expect(last == 3_000)
        #expect(journal.core.figures.written.failures > 0)
    }
}
