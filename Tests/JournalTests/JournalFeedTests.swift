import Journal
import JournalKit
import TestKit
import Testing

@Suite struct JournalFeedTests {
    @Test func aFeedThatFallsBehindReadsTheDiskAndCatchesUp() throws {
        var journal = try SteppedJournal()
        let feed = try journal.core.feed(after: 0)
        let last = journal.fill(2_000, bytes: 200)
        #expect(last == 2_000)
        // The ring holds a small part of that.
        #expect(journal.core.ringHolds(1) == false)
        let (frames, holes) = try SteppedJournal.read(feed)
        #expect(holes.isEmpty)
        #expect(frames.map(\.0) == Array(1...2_000))
        #expect(frames.allSatisfy { $0.1 == SteppedJournal.payload($0.0, bytes: 200) })
        #expect(feed.bytesFromDisk > 0)
        #expect(feed.isLive)
        let before = feed.bytesFromDisk
        journal.append([9])
        #expect(try SteppedJournal.read(feed).frames.map(\.0) == [2_001])
        #expect(feed.bytesFromDisk == before)
    }

    @Test func aFeedThatKeepsUpNeverTouchesTheDisk() throws {
        var journal = try SteppedJournal()
        let feed = try journal.core.feed(after: 0)
        var got: [UInt64] = []
        for _ in 0..<40 {
            journal.fill(50, bytes: 200)
            got += try SteppedJournal.read(feed).frames.map(\.0)
        }
        #expect(got == Array(1...2_000))
        #expect(feed.bytesFromDisk == 0)
    }

    @Test func feedingAlternatesBetweenMemoryAndDiskWithoutLossOrRepeat() throws {
        for seed in 0..<40 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            var journal = try SteppedJournal()
            let feed = try journal.core.feed(after: 0)
            var got: [UInt64] = []
            for _ in 0..<30 {
                journal.fill(Int.random(in: 0...120, using: &random), bytes: 300)
                // Not always to the end: the next frames leave the ring meanwhile.
                for _ in 0..<Int.random(in: 0...12, using: &random) {
                    guard case .frames(let batch) = try feed.poll(bytesMax: 3_000) else { continue }
                    batch.forEach { got.append($0.sequence) }
                }
            }
            got += try SteppedJournal.read(feed).frames.map(\.0)
            let last = journal.core.figures.lastSequence
            #expect(got == (last == 0 ? [] : Array(1...last)), "seed \(seed)")
        }
    }

    @Test func aFeedBeginsBehindAnyPosition() throws {
        var journal = try SteppedJournal()
        let last = journal.fill(900, bytes: 150)
        for position in stride(from: 0, through: last, by: 37) {
            let feed = try journal.core.feed(after: position)
            let frames = try SteppedJournal.read(feed).frames.map(\.0)
            #expect(frames == (position == last ? [] : Array(position + 1...last)))
        }
    }

    @Test func aPositionBehindTheEndIsRefusedWithARemedy() throws {
        var journal = try SteppedJournal()
        journal.fill(10)
        let error = #expect(throws: JournalError.self) { try journal.core.feed(after: 11) }
        #expect(error?.code == .notHeld)
        #expect(error?.remedy?.contains("position") == true)
    }

    @Test func framesThatRetentionTookComeAsAHole() throws {
        var journal = try SteppedJournal()
        journal.settings.keepMilliseconds = 0
        journal = try SteppedJournal(journal.disk, journal.settings)
        journal.fill(1_000, bytes: 300)
        journal.core.committed(through: 700)
        journal.fill(1_000, bytes: 300)
        let feed = try journal.core.feed(after: 0)
        let (frames, holes) = try SteppedJournal.read(feed)
        let hole = try #require(holes.first)
        #expect(holes.count == 1)
        #expect(hole.reason == .gone)
        #expect(hole.first == 1)
        // Whole segments go, and only committed ones.
        #expect(hole.last <= 700 && hole.last > 500)
        #expect(frames.map(\.0) == Array(hole.last + 1...2_000))
    }

    @Test func damageInTheMiddleIsNamedAndSkipped() throws {
        var journal = try SteppedJournal()
        journal.fill(400, bytes: 300)
        let name = "00000000000000000001.segment"
        var bytes = try #require(journal.disk.content(of: name))
        bytes[bytes.count / 2] ^= 0x10
        journal.disk.put(bytes, as: name)
        let feed = try journal.core.feed(after: 0)
        let (frames, holes) = try SteppedJournal.read(feed)
        #expect(holes.count == 1)
        let hole = try #require(holes.first)
        #expect(hole.reason == .damaged)
        #expect(hole.place?.file == name)
        let place = try #require(hole.place)
        #expect((place.from..<place.to).contains(bytes.count / 2))
        let expected = (1...400 as ClosedRange<UInt64>).filter { !(hole.first...hole.last).contains($0) }
        #expect(frames.map(\.0) == expected)
    }

    @Test func aClosedJournalEndsItsFeedsAfterTheLastFrame() throws {
        var journal = try SteppedJournal()
        journal.fill(10)
        journal.append([1])
        let feed = try journal.core.feed(after: 5)
        #expect(journal.core.close(at: journal.now))
        #expect(journal.append([2]) == .closed)
        #expect(try SteppedJournal.read(feed).frames.map(\.0) == Array(6...11))
        guard case .ended = try feed.poll(bytesMax: 10) else {
            Issue.record("no end")
            return
        }
    }
}
