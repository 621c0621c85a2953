import Journal
import JournalKit
import TestKit
import Testing

@Suite struct FrameRingTests {
    @Test func framesComeBackAsTheyWereGiven() throws {
        let journal = try SteppedJournal()
        journal.append(Array("first".utf8))
        journal.append(
            Array("[]".utf8), kind: .restPage, label: RestLabel(market: "KRW-BTC", request: "/v1/x").text)
        journal.append([], kind: .marker, label: "gap")
        let feed = try journal.core.feed(after: 0)
        guard case .frames(let batch) = try feed.poll(bytesMax: 1 << 20) else {
            Issue.record("no frames")
            return
        }
        var seen: [String] = []
        batch.forEach { frame in
            #expect(frame.head.connection == 7)
            #expect(frame.head.time == journal.now)
            let label = RestLabel(frame.label).map { "\($0.market)|\($0.request)" } ?? frame.labelText
            seen.append(
                "\(frame.sequence) \(frame.head.kind.name) \(label) \(String(decoding: frame.payload, as: UTF8.self))"
            )
        }
        #expect(
            seen == ["1 websocket  first", "2 rest KRW-BTC|/v1/x []", "3 marker gap "])
        #expect(batch.lastSequence == 3)
        guard case .nothing = try feed.poll(bytesMax: 1 << 20) else {
            Issue.record("frames came twice")
            return
        }
    }

    @Test func whatIsNotOnDiskIsNeverOverwritten() throws {
        var journal = try SteppedJournal()
        var taken = 0
        while case .accepted = journal.append(SteppedJournal.payload(UInt64(taken + 1), bytes: 500)) {
            taken += 1
        }
        #expect(taken > 100)
        #expect(journal.append([1]) == .accepted(UInt64(taken + 1)) || journal.append([1]) == .full)
        #expect(journal.append(SteppedJournal.payload(0, bytes: 500)) == .full)
        #expect(journal.core.figures.framesRefused >= 2)
        journal.pass(milliseconds: 30)
        #expect(journal.core.step(at: journal.now).hasRoom)
        guard case .accepted = journal.append(SteppedJournal.payload(0, bytes: 500)) else {
            Issue.record("no room after the disk took everything")
            return
        }
    }

    @Test func roomIsAnnouncedOnlyToThoseWhoWereRefused() throws {
        var journal = try SteppedJournal()
        journal.append([1, 2, 3])
        journal.pass(milliseconds: 30)
        #expect(!journal.core.step(at: journal.now).hasRoom)
    }

    @Test func framesOfAllSizesGoRoundTheRing() throws {
        var settings = SteppedJournal.small
        settings.sizeMax = 1 << 30
        var journal = try SteppedJournal(SimulatedDisk(), settings)
        let feed = try journal.core.feed(after: 0)
        var random = SeededRandom(seed: 4)
        var expected: [[UInt8]] = []
        var got: [[UInt8]] = []
        for _ in 0..<3_000 {
            let payload = SteppedJournal.payload(
                random.next(), bytes: Int.random(in: 0...3_000, using: &random))
            if case .accepted = journal.append(payload) { expected.append(payload) }
            if UInt32.random(in: 0..<6, using: &random) == 0 {
                journal.pass(milliseconds: 21)
                journal.core.step(at: journal.now)
            }
            if UInt32.random(in: 0..<9, using: &random) == 0 {
                got += try SteppedJournal.read(feed, bytesMax: 5_000).frames.map(\.1)
            }
        }
        got += try SteppedJournal.read(feed).frames.map(\.1)
        #expect(expected.count > 2_500)
        #expect(got == expected)
    }

    @Test func aFrameThatIsTooLongIsRefusedAndNamed() throws {
        let journal = try SteppedJournal()
        #expect(journal.append([UInt8](repeating: 1, count: 17 << 10)) == .tooLong)
        #expect(journal.append([1], label: String(repeating: "x", count: 5_000)) == .tooLong)
        #expect(journal.core.figures.lastSequence == 0)
    }
}
