import Foundation
import Market
import Storage
import TestKit
import Testing

@Suite struct ArchiveFormatTests {
    private static let columns = [
        ArchiveManifest.Column(name: "time", type: "timestamp with time zone"),
        ArchiveManifest.Column(name: "symbol", type: "text"),
    ]
    private static let header =
        [UInt8]("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    private static let start = Instant(microseconds: 1_767_225_600_000_000)
    private static let range = start..<start.adding(seconds: 86_400)

    private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func row(_ second: Int64, _ symbol: String) -> [UInt8] {
        let time = start.microseconds - 946_684_800_000_000 + second * 1_000_000
        return bytes(Int16(2)) + bytes(Int32(8)) + bytes(time) + bytes(Int32(symbol.utf8.count))
            + Array(symbol.utf8)
    }

    private static func copy(_ rows: Int, random: inout SeededRandom) -> [UInt8] {
        var bytes = header
        for index in 0..<rows {
            let noise = (0..<20).map { _ in
                Character(Unicode.Scalar(UInt8.random(in: 65...90, using: &random)))
            }
            bytes += row(Int64(index % 86_400), "KRW-" + String(noise))
        }
        return bytes + [0xFF, 0xFF]
    }

    /// Writes a COPY that comes in pieces of any size; gives the manifest and the data file.
    private func archive(_ copy: [UInt8], in folder: TemporaryFolder, seed: UInt64 = 1) throws -> (
        ArchiveManifest, String
    ) {
        var random = SeededRandom(seed: seed)
        let path = folder.path(of: "a.copy.zst")
        let writer = try ArchiveWriter(path: path, columns: Self.columns, range: Self.range)
        var position = 0
        while position < copy.count {
            let end = min(copy.count, position + Int.random(in: 1...300_000, using: &random))
            try writer.add(Array(copy[position..<end]))
            position = end
        }
        let content = try writer.finish()
        #expect(!FileManager.default.fileExists(atPath: path))
        try writer.commit()
        let manifest = ArchiveManifest(
            table: "transactions", from: Self.range.lowerBound.description,
            to: Self.range.upperBound.description,
            part: 1, columns: Self.columns, content: content, serverVersion: 150_000, createdAt: "now")
        return (manifest, path)
    }

    private func rows(_ manifest: ArchiveManifest, _ path: String) throws -> [UInt8] {
        let reader = try ArchiveReader(manifest, dataPath: path)
        var rows: [UInt8] = []
        while let block = try reader.nextBlock() { rows += block.bytes }
        return rows
    }

    @Test func whatWasWrittenIsReadInSeveralBlocks() throws {
        let folder = try TemporaryFolder(named: "an archive")
        var random = SeededRandom(seed: 7)
        let copy = Self.copy(300_000, random: &random)
        let (manifest, path) = try archive(copy, in: folder)
        #expect(manifest.rows == 300_000 && manifest.blocks.count > 2)
        #expect(manifest.blocks.map(\.rows).reduce(0, +) == 300_000)
        #expect(manifest.blocks.allSatisfy { $0.rawBytes < ArchiveWriter.blockRawBytes + 600_000 })
        #expect(try rows(manifest, path) == Array(copy[Self.header.count..<(copy.count - 2)]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.copy.zst"])
    }

    /// Somebody without this program can read it, too.
    @Test func theFileIsOneCopyForTheZstdProgram() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/zstd") else { return }
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: 3)
        let copy = Self.copy(200_000, random: &random)
        let (_, path) = try archive(copy, in: folder)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/zstd")
        process.arguments = ["-dqf", path, "-o", folder.path(of: "plain")]
        try process.run()
        process.waitUntilExit()
        #expect(FileManager.default.contents(atPath: folder.path(of: "plain")).map { Array($0) } == copy)
    }

    @Test func anEmptyCopyIsAnArchiveOfNoRows() throws {
        let folder = try TemporaryFolder()
        let (manifest, path) = try archive(Self.header + [0xFF, 0xFF], in: folder)
        #expect(manifest.rows == 0)
        #expect(try rows(manifest, path).isEmpty)
    }

    /// Each byte of the file is under a checksum: whichever is changed, the archive is refused there.
    @Test func aDamagedFileIsRefusedWithItsPosition() throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: 5)
        let (manifest, path) = try archive(Self.copy(300_000, random: &random), in: folder)
        let sound = try #require(FileManager.default.contents(atPath: path))
        for (index, block) in manifest.blocks.enumerated() {
            var damaged = sound
            damaged[block.offset + Int.random(in: 0..<block.bytes, using: &random)] ^= 0x10
            try damaged.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StorageError.self) { try rows(manifest, path) }
            #expect(error?.code == .damagedArchive && error?.place == path)
            #expect(
                error?.what.contains("block \(index + 1) of \(manifest.blocks.count), byte \(block.offset)")
                    == true)
        }
    }

    @Test func aFileThatIsTooShortOrTooLongIsRefused() throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: 5)
        let (manifest, path) = try archive(Self.copy(1_000, random: &random), in: folder)
        let sound = try #require(FileManager.default.contents(atPath: path))
        try sound.dropLast(10).write(to: URL(fileURLWithPath: path))
        let short = #expect(throws: StorageError.self) { try rows(manifest, path) }
        #expect(short?.what.contains("byte \(manifest.fileBytes - 10): the file ends") == true)
        try (sound + [0]).write(to: URL(fileURLWithPath: path))
        #expect(throws: StorageError.self) { try rows(manifest, path) }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: StorageError.self) { try rows(manifest, path) }
    }

    @Test func aManifestComesBackAndAChangedOneIsRefused() throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: 5)
        let (manifest, _) = try archive(Self.copy(1_000, random: &random), in: folder)
        let text = try ManifestText.write(manifest)
        #expect(try ManifestText.read(text, file: "m.json") == manifest)
        for _ in 0..<200 {
            var changed = text
            changed[Int.random(in: changed.indices, using: &random)] ^= UInt8.random(
                in: 1...255, using: &random)
            // White space between values may change; what is read must not.
            do {
                #expect(try ManifestText.read(changed, file: "m.json") == manifest)
            } catch {
                #expect(["m.json"].contains(error.place))
            }
        }
        let newer = String(decoding: text, as: UTF8.self).replacing("\"format\" : 1", with: "\"format\" : 2")
        let error = #expect(throws: StorageError.self) {
            try ManifestText.read(Array(newer.utf8), file: "m.json")
        }
        #expect(error?.what.contains("format 2") == true)
    }

    @Test(arguments: [
        "a row has 3 fields", "has no time", "no header", "bytes follow the end", "middle of a row",
        "outside the chunk",
    ])
    func whatIsNoCopyOfTheTableIsRefused(_ reason: String) throws {
        let folder = try TemporaryFolder()
        let row = Self.row(5, "KRW-BTC")
        let end: [UInt8] = [0xFF, 0xFF]
        let copy: [UInt8] =
            switch reason {
            case "a row has 3 fields": Self.header + [0, 3] + row.dropFirst(2) + end
            case "has no time":
                Self.header + Self.bytes(Int16(2)) + Self.bytes(Int32(-1)) + row.suffix(11) + end
            case "no header": [UInt8]("PGCOPX\n".utf8) + row
            case "bytes follow the end": Self.header + row + end + [7]
            case "middle of a row": Self.header + row.dropLast(3)
            default: Self.header + Self.row(86_400, "KRW-BTC") + end
            }
        let error = #expect(throws: StorageError.self) { try archive(copy, in: folder) }
        #expect(error?.what.contains(reason) == true, "\(error?.what ?? "")")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
