import Foundation
import Market

/// The folder of archives: one folder a table, two files an archive. An archive exists once its manifest does.
package struct ArchiveFolder: Sendable {
    /// Archives that one listing reads at most.
    package static let archivesMax = 1_000_000

    package let path: String
    /// Nothing is archived when the disk would have less than this left.
    package let reserveBytes: Int

    package init(path: String, reserveBytes: Int = 256 << 20) {
        self.path = path
        self.reserveBytes = reserveBytes
    }

    package struct Entry: Sendable {
        package var manifest: ArchiveManifest
        package var dataPath: String
        package var range: Range<Instant>
    }

    /// The archives of one table or of all, by table, time and part. A manifest that cannot be read is an
    /// error, never left out.
    package func entries(table: String? = nil) throws(StorageError) -> [Entry] {
        var entries: [Entry] = []
        for folder in try names(in: path) where table == nil || folder == table {
            for file in try names(in: "\(path)/\(folder)")
            where file.hasSuffix(".json") && file != Self.holdsFile {
                entries.append(try entry("\(path)/\(folder)/\(file)"))
                if entries.count >= Self.archivesMax { break }
            }
        }
        return entries.sorted {
            ($0.manifest.table, $0.range.lowerBound, $0.manifest.part)
                < ($1.manifest.table, $1.range.lowerBound, $1.manifest.part)
        }
    }

    static let holdsFile = "restored.json"

    /// One archive by the path of its manifest.
    package func entry(_ manifestPath: String) throws(StorageError) -> Entry {
        guard let bytes = FileManager.default.contents(atPath: manifestPath),
            bytes.count <= ManifestText.bytesMax
        else {
            throw StorageError(
                .archive, "cannot read the manifest", place: manifestPath,
                remedy: "Check the file and its permissions.")
        }
        let manifest = try ManifestText.read(Array(bytes), file: manifestPath)
        let range: Range<Instant>
        do {
            let (from, to) = (try Instant(manifest.from), try Instant(manifest.to))
            guard from < to else {
                throw StorageError(.damagedArchive, "its range is empty", place: manifestPath)
            }
            range = from..<to
        } catch {
            throw StorageError(.damagedArchive, "the manifest's range cannot be read", place: manifestPath)
        }
        let data = String(manifestPath.dropLast(".json".count)) + ".copy.zst"
        return Entry(manifest: manifest, dataPath: data, range: range)
    }

    /// The folder of a table, made when it is missing.
    func folder(for table: String) throws(StorageError) -> String {
        let folder = "\(path)/\(table)"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw ArchiveFile.failure("cannot make the archive's folder", folder, errno)
        }
        return folder
    }

    /// Bytes free for us on the archive's disk; nil when the folder is not there.
    package func freeBytes() -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    private func names(in folder: String) throws(StorageError) -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw ArchiveFile.failure("cannot list the archive", folder, EACCES)
        }
    }
}
