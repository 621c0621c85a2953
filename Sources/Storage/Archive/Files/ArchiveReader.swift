import Glibc
import Market

/// Reads an archive block by block, each checked before anything in it is believed. One task uses it, a
/// call at a time.
package final class ArchiveReader: @unchecked Sendable {
    package let manifest: ArchiveManifest
    private let path: String
    private let descriptor: Int32
    private var next = 0
    private let content = ContentDigest()

    package init(_ manifest: ArchiveManifest, dataPath: String) throws(StorageError) {
        self.manifest = manifest
        path = dataPath
        descriptor = open(dataPath, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ArchiveFile.failure("cannot open the archive", dataPath) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ArchiveFile.failure("cannot look at the archive", dataPath)
        }
        if Int(status.st_size) > manifest.fileBytes {
            throw damage("the file has \(status.st_size) bytes", at: manifest.fileBytes, block: nil)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Reads an archive wholly; an error says where it is damaged.
    package static func verify(_ manifest: ArchiveManifest, dataPath: String) throws(StorageError) {
        let reader = try ArchiveReader(manifest, dataPath: dataPath)
        while try reader.nextBlock() != nil {}
    }

    /// The rows of the next block as COPY gave them, without header and trailer; nil after the last.
    package func nextBlock() throws(StorageError) -> (bytes: [UInt8], rows: Int)? {
        guard next < manifest.blocks.count else {
            guard try content.finish() == manifest.contentSHA256 else {
                throw damage("the rows are not those that were archived", at: 0, block: nil)
            }
            return nil
        }
        let index = next
        let block = manifest.blocks[index]
        next += 1
        let frame = try read(block, index)
        guard try ContentDigest.of(frame) == block.sha256 else {
            throw damage("its checksum differs", at: block.offset, block: index)
        }
        guard let raw = Zstandard.decompress(frame, rawBytes: block.rawBytes) else {
            throw damage("it does not decompress", at: block.offset, block: index)
        }
        let rows = try rows(of: raw, block, index)
        rows.withUnsafeBytes { content.add($0) }
        return (rows, block.rows)
    }

    private func read(_ block: ArchiveManifest.Block, _ index: Int) throws(StorageError) -> [UInt8] {
        var frame = [UInt8](repeating: 0, count: block.bytes)
        var filled = 0
        while filled < block.bytes {
            let count = frame.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, block.bytes - filled,
                    off_t(block.offset + filled))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw ArchiveFile.failure("cannot read byte \(block.offset + filled)", path)
            }
            if count == 0 { throw damage("the file ends", at: block.offset + filled, block: index) }
            filled += count
        }
        return frame
    }

    /// Takes header and trailer away and counts: a block that is whole rows can be restored by itself.
    private func rows(
        of raw: [UInt8], _ block: ArchiveManifest.Block, _ index: Int
    ) throws(StorageError) -> [UInt8] {
        let isFirst = index == 0
        let isLast = index == manifest.blocks.count - 1
        let timeField = manifest.columns.firstIndex { $0.name == "time" } ?? 0
        var scanner = CopyRows(fieldCount: manifest.columns.count, timeField: timeField)
        var fault = scanner.add((isFirst ? [] : CopyRows.header) + raw + (isLast ? [] : CopyRows.trailer))
        if fault == nil, !scanner.isWhole { fault = "it ends in the middle of a row" }
        if fault == nil, scanner.rowsWaiting != block.rows {
            fault = "it has \(scanner.rowsWaiting) rows instead of \(block.rows)"
        }
        if let fault { throw damage(fault, at: block.offset, block: index) }
        return scanner.take().bytes
    }

    private func damage(_ what: String, at offset: Int, block: Int?) -> StorageError {
        let position =
            block.map { "block \($0 + 1) of \(manifest.blocks.count), byte \(offset)" } ?? "byte \(offset)"
        return StorageError(
            .damagedArchive, "the archive is damaged at \(position): \(what)", place: path,
            remedy: "Take the file from a copy or a backup; the blocks before this one are sound.")
    }
}
