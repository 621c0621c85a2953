import Journal
import JournalKit
import TestKit
import Testing

@Suite struct RecoveryTests {
    /// A journal of one unsealed segment, as a crash leaves it.
    private func crashed(frames: Int) throws -> (disk: SimulatedDisk, name: String, bytes: [UInt8]) {
        var journal = try SteppedJournal()
        journal.fill(frames)
        let name = "00000000000000000001.segment"
        return (journal.disk, name, try #require(journal.disk.content(of: name)))
    }

    @Test func aTornEndIsCutAtTheLastGoodBlockWhereverItIsTorn() throws {
        let (disk, name, whole) = try crashed(frames: 60)
        // Where the last block begins is what a journal without its last bytes is cut at.
        var seen: Set<UInt64> = []
        var cutAt: Int?
        for size in stride(from: whole.count - 1, through: whole.count - 700, by: -1) {
            let torn = disk.copy()
            torn.put(Array(whole[..<size]), as: name)
            let journal = try SteppedJournal(torn)
            let report = journal.core.report
            seen.insert(report.lastSequence)
            if let cut = report.cuts.first {
                #expect(report.cuts.count == 1)
                #expect(cut.to == size)
                #expect(cut.from < size)
                cutAt = cut.from
            } else {
                #expect(cutAt == nil || size <= cutAt ?? 0)
            }
            #expect(report.nextSequence == report.lastSequence + 1)
            let (frames, holes) = try SteppedJournal.read(try journal.core.feed(after: 0))
            #expect(holes.isEmpty)
            #expect(frames.map(\.0) == Array(1...report.lastSequence))
        }
        #expect(seen.count >= 2)
        #expect(seen.max() ?? 60 < 60)
    }

    /// The process was killed before its sync, the disk is too full for an index, then the machine stops.
    @Test func whatAStartHasFoundOutlivesTheMachine() throws {
        for seed in 1...40 as ClosedRange<UInt64> {
            var killed = try SteppedJournal()
            killed.fill(20)
            // Blocks that are full are written at once, and synced later.
            for sequence in 21...60 as ClosedRange<UInt64> { killed.append(SteppedJournal.payload(sequence)) }
            killed.core.step(at: killed.now)
            let disk = killed.disk
            let used = try disk.names().reduce(0) { $0 + (disk.content(of: $1)?.count ?? 0) }
            disk.limit(to: used)
            let found = try SteppedJournal(disk).core.report
            #expect(found.unsealed.count == 1 && found.lastSequence > 20, "\(found)")
            var random = SeededRandom(seed: seed)
            disk.crash(&random)
            #expect(try SteppedJournal(disk).core.report.lastSequence == found.lastSequence)
        }
    }

    @Test func aFlippedBitIsFoundWhereverItIs() throws {
        let (disk, name, whole) = try crashed(frames: 60)
        var random = SeededRandom(seed: 9)
        for place in stride(from: 0, to: whole.count, by: 3) {
            var bytes = whole
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let damaged = disk.copy()
            damaged.put(bytes, as: name)
            let journal = try SteppedJournal(damaged)
            let report = journal.core.report
            let said = report.cuts + report.damages
            #expect(said.contains { $0.file == name && ($0.from..<$0.to).contains(place) }, "byte \(place)")
            let (frames, holes) = try SteppedJournal.read(try journal.core.feed(after: 0))
            for (sequence, payload) in frames { #expect(payload == SteppedJournal.payload(sequence)) }
            let missing = holes.reduce(0) { $0 + Int($1.last - $1.first + 1) }
            #expect(frames.count + missing == Int(report.lastSequence), "byte \(place)")
            #expect(frames.count >= 20)
        }
    }

    @Test func aJournalGoesOnBehindAPositionThatRanAheadOfIt() throws {
        let (disk, name, whole) = try crashed(frames: 60)
        disk.put(Array(whole[..<(whole.count - 10)]), as: name)
        var journal = try SteppedJournal(disk, committed: 5_000)
        let end = journal.core.report.lastSequence
        #expect(end < 60)
        #expect(journal.core.report.nextSequence == 5_001)
        journal.fill(5)
        let feed = try journal.core.feed(after: 10)
        let (frames, holes) = try SteppedJournal.read(feed)
        #expect(holes == [JournalHole(.neverUsed, first: end + 1, last: 5_000)])
        #expect(frames.map(\.0) == Array(11...end) + Array(5_001...5_005))
    }

    @Test func withoutThePositionTheNextNumberLeapsOverAllThatCouldHaveBeenCommitted() throws {
        let (disk, _, _) = try crashed(frames: 60)
        let journal = try SteppedJournal(disk, committed: nil)
        let ringFrames = UInt64(SteppedJournal.small.ringBytes / 28)
        #expect(journal.core.report.nextSequence == 61 + ringFrames)
    }

    @Test func aPositionThatWentBackReplaysWhatIsHeld() throws {
        let (disk, _, _) = try crashed(frames: 60)
        let journal = try SteppedJournal(disk, committed: 12)
        let frames = try SteppedJournal.read(try journal.core.feed(after: 12)).frames.map(\.0)
        #expect(frames == Array(13...60))
    }

    @Test func theJournalKeepsItsIdentityThroughStartsAndTheLossOfAllSegments() throws {
        let (disk, name, _) = try crashed(frames: 60)
        let first = try SteppedJournal(disk, seed: 1).core.id
        #expect(try SteppedJournal(disk, seed: 2).core.id == first)
        try disk.remove(name)
        let without = try SteppedJournal(disk, committed: 60, seed: 3)
        #expect(without.core.id == first)
        #expect(without.core.report.nextSequence == 61)
        #expect(try SteppedJournal(SimulatedDisk(), seed: 4).core.id != first)
    }

    @Test func aSegmentOfAnotherJournalIsRefusedByName() throws {
        let (disk, name, bytes) = try crashed(frames: 5)
        var other = try SteppedJournal(SimulatedDisk(), seed: 77)
        other.fill(5)
        other.disk.put(bytes, as: "00000000000000000900.segment")
        _ = name
        let error = #expect(throws: JournalError.self) { try SteppedJournal(other.disk) }
        #expect(error?.code == .foreign)
        #expect(error?.place == "00000000000000000900.segment")
        _ = disk
    }

    @Test func filesThatAreNoSegmentsAreLeftAlone() throws {
        let disk = SimulatedDisk()
        disk.put([1, 2, 3], as: "notes.txt")
        disk.put([1, 2, 3], as: "1.segment")
        var journal = try SteppedJournal(disk)
        journal.fill(5)
        #expect(disk.content(of: "notes.txt") == [1, 2, 3])
        #expect(disk.content(of: "1.segment") == [1, 2, 3])
        #expect(try SteppedJournal(disk).core.report.lastSequence == 5)
    }
}
