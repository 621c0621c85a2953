import Foundation
import Journal
import JournalKit
import TestKit
import Testing

/// Real folders, files and processes.
@Suite struct FolderTests {
    private static var victim: String {
        YeoulProgram.path.replacingOccurrences(of: "/yeoul", with: "/JournalVictim", options: .backwards)
    }

    private static var rounds: Int {
        ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == nil ? 6 : 100
    }

    @Test func aKilledWriterHasLostNothingThatItSaidWasSynced() throws {
        let folder = try TemporaryFolder(named: "journal kill")
        var random = SystemRandomNumberGenerator()
        var killed = 0
        for _ in 0..<Self.rounds {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.victim)
            process.arguments = ["write", folder.path(of: "journal")]
            try process.run()
            Thread.sleep(forTimeInterval: Double.random(in: 0.08...0.3, using: &random))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let acked = try Data(contentsOf: URL(fileURLWithPath: folder.path(of: "acked")))
                .withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
            defer { journal.close() }
            let feed = try journal.feed(after: 0)
            var last: UInt64 = 0
            reading: while true {
                switch try feed.next(bytesMax: 1 << 20, waitMilliseconds: 0) {
                case .frames(let batch):
                    #expect(batch.firstSequence == last + 1)
                    batch.forEach { frame in
                        #expect(frame.payload.starts(with: Array("\(frame.sequence) ".utf8)))
                        last = frame.sequence
                    }
                case .hole(let hole): Issue.record("a hole: \(hole)")
                case .nothing, .ended: break reading
                }
            }
            #expect(last >= acked)
            killed += last > 0 ? 1 : 0
        }
        #expect(killed >= Self.rounds - 1)
    }

    @Test func twoProcessesNeverWriteOneJournal() async throws {
        let folder = try TemporaryFolder(named: "journal lock")
        let journal = try Journal.open(folder: folder.path(of: "j/k"), committedPosition: 0)
        let error = #expect(throws: JournalError.self) {
            try Journal.open(folder: folder.path(of: "j/k"), committedPosition: 0)
        }
        #expect(error?.code == .locked)
        #expect(error?.what.contains("process \(getpid())") == true)
        #expect(FolderLock.isHeld(folder: folder.path(of: "j/k")))
        let other = try await YeoulProgram.run(Self.victim, ["write", folder.path(of: "j/k")])
        #expect(other.status != 0)
        #expect(other.errors.contains("another process writes this journal"))
        journal.close()
    }

    @Test func aFullDiskIsSurvivedAndNothingTakenIsLost() async throws {
        let folder = try TemporaryFolder(named: "journal full")
        let place = folder.path(of: "disk")
        // A file system of its own where we may mount one, else a limit on the size of files.
        let script = """
            mkdir -p '\(place)' && mount -t tmpfs -o size=6m none '\(place)' || exit 77
            head -c 3000000 /dev/zero > '\(place)/ballast'
            exec '\(Self.victim)' fill '\(place)/journal' '\(place)/ballast'
            """
        var result = try await YeoulProgram.run(
            "/usr/bin/unshare", ["-m", "/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin:/sbin"])
        if result.status == 77 || result.output.isEmpty {
            result = try await YeoulProgram.run(Self.victim, ["limited", folder.path(of: "journal")])
        }
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output == "refused=10 state=full failures=true whole=true more=true closed=true\n",
            "\(result.errors)")
    }

    @Test func aPausedProducerIsToldWhenThereIsRoom() throws {
        let folder = try TemporaryFolder(named: "journal room")
        var settings = JournalSettings()
        settings.ringBytes = 64 << 10
        // Long, so that the ring is full before anything is synced.
        settings.syncMilliseconds = 300
        settings.blockBytes = 4 << 20
        let journal = try Journal.open(
            folder: folder.path(of: "journal"), settings: settings, committedPosition: 0)
        defer { journal.close() }
        let room = DispatchSemaphore(value: 0)
        journal.whenRoom { room.signal() }
        let payload = [UInt8](repeating: 0x61, count: 1_000)
        var outcome = AppendOutcome.accepted(0)
        while case .accepted = outcome {
            outcome = journal.append(kind: .webSocket, connection: 1, time: .now(), payload: payload)
        }
        #expect(outcome == .full)
        #expect(room.wait(timeout: .now() + 10) == .success)
        guard case .accepted = journal.append(kind: .webSocket, connection: 1, time: .now(), payload: payload)
        else {
            Issue.record("no room after it was announced")
            return
        }
    }

    @Test func aWaitingFeedIsWokenByAFrameAndByTheEnd() throws {
        let folder = try TemporaryFolder(named: "journal wake")
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.05)
            _ = journal.append(kind: .marker, connection: 0, time: .now(), label: "hello", payload: [])
            Thread.sleep(forTimeInterval: 0.05)
            journal.close()
        }
        let feed = try journal.feed(after: 0)
        thread.start()
        guard case .frames(let batch) = try feed.next(bytesMax: 1_000, waitMilliseconds: 20_000) else {
            Issue.record("no frame")
            return
        }
        #expect(batch.count == 1)
        guard case .ended = try feed.next(bytesMax: 1_000, waitMilliseconds: 20_000) else {
            Issue.record("no end")
            return
        }
    }

    @Test func aPlaceThatIsNoFolderIsExplained() throws {
        let folder = try TemporaryFolder(named: "journal place")
        try folder.write("x", to: "file")
        let error = #expect(throws: JournalError.self) {
            try Journal.open(folder: folder.path(of: "file"), committedPosition: 0)
        }
        #expect(error?.remedy != nil)
    }

    @Test func theInstructionAndTheTableAgree() {
        var random = SeededRandom(seed: 5)
        for count in [0, 1, 7, 8, 9, 63, 1_000] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(
                bytes.withUnsafeBytes { Checksum.crc32c($0) }
                    == bytes.withUnsafeBytes { Checksum.crc32cByTable($0) })
        }
        // The check value of the polynomial.
        #expect(Array("123456789".utf8).withUnsafeBytes { Checksum.crc32c($0) } == 0xE306_9283)
    }
}
