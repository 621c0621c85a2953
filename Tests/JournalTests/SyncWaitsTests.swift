import Journal
import TestKit
import Testing

@Suite struct SyncWaitsTests {
    @Test func waitsAreCountedByTheirLength() {
        var waits = SyncWaits()
        for milliseconds in [-5, 0, 1, 2, 30, 99_000] as [Int64] {
            waits.add(nanoseconds: milliseconds * 1_000_000)
        }
        #expect(waits.counts.reduce(0, +) == 6)
        #expect(waits.counts[0] == 3 && waits.counts[1] == 1 && waits.counts.last == 1)
        #expect(waits.sumNanoseconds == 99_033_000_000)
    }

    @Test func aFramesWayToTheDiskIsMeasured() async throws {
        let folder = try TemporaryFolder(named: "yeoul journal")
        let journal = try Journal.open(folder: folder.path, committedPosition: nil)
        defer { journal.close() }
        for _ in 0..<3 {
            let before = journal.figures.syncWaits.counts.reduce(0, +)
            _ = journal.append(kind: .webSocket, connection: 0, time: .now(), payload: [1, 2, 3])
            for _ in 0..<6_000 where journal.figures.syncWaits.counts.reduce(0, +) == before {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(journal.figures.syncWaits.counts.reduce(0, +) > before)
        }
        // A frame waits for the others of its group before the disk is asked.
        let waited = Double(journal.figures.syncWaits.sumNanoseconds) / 3e9
        #expect(waited >= Double(journal.settings.syncMilliseconds) / 1_000, "\(waited) s")
    }
}
