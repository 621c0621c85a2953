import Capture
import Glibc
import Journal
import Network
import Synchronization
import TestKit
import Testing

@Suite struct JournalSinkTests {
    @Test func whatTheJournalHasNoRoomForIsOfferedAgainUntilItHas() async throws {
        let folder = try TemporaryFolder()
        var settings = JournalSettings()
        settings.ringBytes = 256 << 10
        let journal = try Journal.open(
            folder: folder.path(of: "journal"), settings: settings, committedPosition: nil)
        let sink = JournalSink(journal)
        let frame = [UInt8](repeating: 0x7B, count: 20_000)
        let refusals = Counter()
        let thread = try DedicatedThread(named: "test-sink") {
            for index in 0..<400 {
                while !frame.withUnsafeBytes({ sink.take($0, connection: UInt32(index), at: .now()) }) {
                    refusals.count.add(1, ordering: .relaxed)
                    let room = RoomBox()
                    sink.whenRoom { room.isThere.store(true, ordering: .releasing) }
                    while !room.isThere.load(ordering: .acquiring) { usleep(200) }
                }
            }
        }
        thread.join()
        #expect(journal.close())
        #expect(journal.figures.lastSequence == 400, "each frame once")
        #expect(refusals.count.load(ordering: .relaxed) > 0, "8 MB are more than the ring holds")
    }

    private final class Counter: Sendable {
        let count = Atomic<Int>(0)
    }

    private final class RoomBox: Sendable {
        let isThere = Atomic<Bool>(false)
    }
}
