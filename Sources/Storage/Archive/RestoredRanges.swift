import Foundation
import Market

/// What was brought back from the archive, and until when it is left alone: upkeep would drop it again.
package struct RestoredRanges {
    /// How long restored rows stay when nobody says otherwise.
    package static let keepStandard = TimeSpan.days(7)
    static let rangesMax = 10_000

    private struct Hold: Codable {
        var from: String
        var to: String
        var until: String
    }

    private let folder: ArchiveFolder

    package init(_ folder: ArchiveFolder) {
        self.folder = folder
    }

    func add(table: String, range: Range<Instant>, until: Instant, now: Instant) throws(StorageError) {
        var holds = try read(table).filter { (try? Instant($0.until)).map { $0 > now } ?? false }
        holds.append(
            Hold(
                from: range.lowerBound.description, to: range.upperBound.description,
                until: until.description))
        guard holds.count <= Self.rangesMax else {
            throw StorageError(
                .archive, "more than \(Self.rangesMax) ranges of \(table) are restored", place: path(table),
                remedy: "Restore into another database, or set the table's retention to never.")
        }
        let bytes: Data
        do {
            bytes = try JSONEncoder().encode(holds)
        } catch {
            throw StorageError(.archive, "the restored ranges cannot be written", place: path(table))
        }
        _ = try folder.folder(for: table)
        let file = try ArchiveFile(path: path(table))
        try file.write(Array(bytes))
        try file.commit()
    }

    package func needs(now: Instant) throws(StorageError) -> [Need] {
        var needs: [Need] = []
        for table in PolicyTables.time {
            for hold in try read(table) {
                guard let from = try? Instant(hold.from), let to = try? Instant(hold.to),
                    let until = try? Instant(hold.until), from < to, until > now
                else { continue }
                needs.append(
                    Need(table: table, range: from..<to, reason: "restored from the archive until \(until)"))
            }
        }
        return needs
    }

    private func path(_ table: String) -> String { "\(folder.path)/\(table)/\(ArchiveFolder.holdsFile)" }

    private func read(_ table: String) throws(StorageError) -> [Hold] {
        guard let bytes = FileManager.default.contents(atPath: path(table)) else { return [] }
        do {
            return try JSONDecoder().decode([Hold].self, from: bytes)
        } catch {
            throw StorageError(
                .damagedArchive, "the list of restored ranges cannot be read", place: path(table),
                remedy: "Remove the file when nothing restored is needed any more.")
        }
    }
}
