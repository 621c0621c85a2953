import Foundation
import Journal
import TestKit
import Testing

/// `yeoul journal …` as the built program, on folders of real journals.
@Suite struct JournalVerbTests {
    private struct Place {
        let folder: TemporaryFolder
        var path: String { folder.path(of: "journal") }

        func run(_ words: String...) async throws -> YeoulProgram.Result {
            try await YeoulProgram.run(
                ["journal"] + words + ["--journal-folder", path], environment: ["HOME": folder.path],
                folder: folder.path)
        }
    }

    /// Frames a minute apart from 2026-03-02T00:00:00Z on.
    private static let start: Int64 = 1_772_409_600_000_000

    private func make(frames: Int, closed: Bool = true) throws -> (Place, Journal) {
        let place = Place(folder: try TemporaryFolder(named: "yeoul journal"))
        var settings = JournalSettings()
        settings.segmentBytes = 4_096
        settings.blockBytes = 1_024
        let journal = try Journal.open(folder: place.path, settings: settings, committedPosition: 0)
        for number in 0..<frames {
            let time = JournalTime(
                monotonicNanoseconds: JournalTime.now().monotonicNanoseconds,
                unixMicroseconds: Self.start + Int64(number) * 60_000_000)
            let kind: FrameKind = number % 10 == 9 ? .restPage : .webSocket
            let noise = (0..<8).map { String((number * 7_919 + $0) &* 2_654_435_761 % 1_000_003, radix: 36) }
            let outcome = journal.append(
                kind: kind, connection: 3, time: time, label: kind == .restPage ? "KRW-BTC /v1/x" : "",
                payload: Array("{\"n\":\(number),\"t\":\"\(noise.joined())\"}".utf8))
            #expect(outcome == .accepted(UInt64(number + 1)))
            if number % 25 == 24 || number == frames - 1 {
                for _ in 0..<500 where journal.figures.syncedThrough < number + 1 { usleep(5_000) }
            }
        }
        if closed { #expect(journal.close()) }
        return (place, journal)
    }

    @Test func listCatExportAndVerifyShowWhatIsThere() async throws {
        let (place, _) = try make(frames: 400)
        let list = try await place.run("ls")
        #expect(
            list.status == 0 && list.output.contains("400 frames") && list.output.contains("nobody writes it")
        )
        #expect(list.output.split(separator: "\n").count > 3)
        let listed = try JSONSerialization.jsonObject(
            with: Data(try await place.run("ls", "--json").output.utf8))
        #expect((listed as? [String: Any])?["live"] as? Bool == false)

        let cat = try await place.run("cat", "--from", "2026-03-02T01:00:00Z", "--to", "2026-03-02T01:03:00Z")
        let lines = cat.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first?.hasPrefix("61 2026-03-02T01:00:00Z websocket #3 {\"n\":60,") == true)
        let pages = try await place.run("cat", "--kind", "rest", "--after", "100", "--limit", "2")
        #expect(pages.output.split(separator: "\n").map { $0.prefix(3) } == ["110", "120"])
        #expect(pages.output.contains(" KRW-BTC /v1/x {"))

        let export = try await place.run("export")
        let rows = try export.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(rows.compactMap { $0["sequence"] as? Int } == Array(1...400))
        #expect((rows.last?["payload"] as? String)?.hasPrefix("{\"n\":399,") == true)
        let file = place.folder.path(of: "out.jsonl")
        #expect(try await place.run("export", "--output", file).output.hasPrefix("400 frames written"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == export.output)
        let again = try await place.run("export", "--output", file)
        #expect(again.status == 1 && again.errors.contains("do: Choose a name"))

        let verify = try await place.run("verify")
        #expect(verify.status == 0 && verify.output.hasPrefix("sound: "), "\(verify)")
    }

    @Test func aJournalIsReadWhileItIsWritten() async throws {
        let (place, journal) = try make(frames: 110, closed: false)
        let list = try await place.run("ls")
        #expect(list.output.contains("110 frames") && list.output.contains("is being written"))
        #expect(list.output.contains(", open"))
        #expect(try await place.run("verify").status == 0)
        #expect(try await place.run("cat", "--after", "108").output.split(separator: "\n").count == 2)
        #expect(journal.figures.state == .normal)
        journal.close()
    }

    @Test func damageIsNamedWithItsPlaceAndTheRestIsShown() async throws {
        let (place, _) = try make(frames: 200)
        let name = "/00000000000000000001.segment"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: place.path + name))
        bytes[bytes.count / 3] ^= 4
        try bytes.write(to: URL(fileURLWithPath: place.path + name))
        let verify = try await place.run("verify")
        #expect(verify.status == 1)
        #expect(verify.output.contains("damaged: 00000000000000000001.segment, bytes "))
        #expect(verify.output.contains("missing: frames "))
        let json = try await place.run("verify", "--json")
        #expect(json.status == 1 && json.output.hasPrefix("{\"sound\":false"))
        let cat = try await place.run("cat")
        #expect(cat.status == 1 && cat.errors.contains("00000000000000000001.segment, bytes"))
        let count = cat.output.split(separator: "\n").count
        #expect(count > 100 && count < 200)
    }

    @Test func mistakesAreExplained() async throws {
        let place = Place(folder: try TemporaryFolder(named: "yeoul nothing"))
        let missing = try await place.run("ls")
        #expect(missing.status == 1 && missing.errors.contains("there is no journal"))
        #expect(missing.errors.contains("do: Give its place"))
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
        #expect(try await place.run("cat").errors.contains("the folder holds no journal"))
        let (other, _) = try make(frames: 1)
        let order = try await other.run("cat", "--from", "2026-03-03", "--to", "2026-03-02")
        #expect(order.status == 2 && order.errors.contains("--from is later than --to"))
    }
}
