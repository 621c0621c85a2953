import Capture
import Diagnostics
import Foundation
import Market
import TestKit
import Testing

@Suite struct QuarantineTests {
    private let logger = Logger(
        component: "test", output: LogOutput(level: .critical, format: .json, colour: false, secrets: []))

    private func entry(_ content: [UInt8], _ reason: QuarantineReason = .undecodable) -> QuarantineEntry {
        content.withUnsafeBytes {
            QuarantineEntry(
                reason: reason, explanation: "why \"so\"", sequence: 7, receivedAt: .epoch, content: $0)
        }
    }

    @Test func entriesAreLinesOfJSONWhateverTheBytesAre() throws {
        for content in [
            Array("{\"a\":\n1}".utf8), [0xFF, 0x00, 0x7F], [UInt8](repeating: 0x61, count: 10_000),
        ] {
            let line = entry(content).json
            #expect(!line.contains("\n"))
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object["reason"] as? String == "undecodable" && object["sequence"] as? Int == 7)
            if content.count > 4_096 {
                #expect((object["content"] as? String)?.count == 4_096 && object["bytes"] as? Int == 10_000)
            } else if content[0] == 0xFF {
                #expect(object["content_hex"] as? String == "ff007f")
            } else {
                #expect(object["content"] as? String == "{\"a\":\n1}")
            }
        }
    }

    @Test func theFilesAreBounded() throws {
        let folder = try TemporaryFolder()
        let file = QuarantineFile(folder: folder.path(of: "quarantine"), fileBytesMax: 4_096)
        for _ in 0..<200 { try file.append([entry([UInt8](repeating: 0x62, count: 200))]) }
        for path in [file.path, file.olderPath] {
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            #expect(size > 0 && size <= 4_096)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(of: "quarantine")).count == 2)
    }

    @Test func manyAreSampledAndAllAreCounted() throws {
        let folder = try TemporaryFolder()
        let quarantine = Quarantine(folder: folder.path, logger: logger)
        for _ in 0..<10 { quarantine.put((0..<10).map { _ in entry([1]) }) }
        quarantine.put([entry([2], .refused)], uncounted: [.undecodable: 5])
        #expect(quarantine.counts == [.undecodable: 105, .refused: 1] && quarantine.total == 106)
        let text = try String(contentsOfFile: folder.path(of: "quarantine.jsonl"), encoding: .utf8)
        // A minute may end within the test.
        let lines = text.split(separator: "\n").count
        #expect(lines == 21 || lines == 41)
    }

    @Test func aFolderThatCannotBeWrittenStopsNothing() throws {
        let folder = try TemporaryFolder()
        try folder.write("", to: "file")
        let quarantine = Quarantine(folder: folder.path(of: "file"), logger: logger)
        quarantine.put([entry([1])])
        #expect(quarantine.total == 1)
    }
}
