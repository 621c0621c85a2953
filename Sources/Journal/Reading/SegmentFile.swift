/// Reads a segment's two ends: the header, and the index of a sealed one.
struct SegmentFile {
    let disk: any JournalDisk
    let name: String

    enum Header: Equatable {
        case sound(SegmentHeader)
        case unsound
        case newer(UInt32)
    }

    func header() throws(DiskFailure) -> Header {
        let bytes = try disk.read(name, at: 0, count: SegmentHeader.bytes)
        return bytes.withUnsafeBytes { pointer in
            do throws(SegmentHeader.Refusal) {
                return .sound(try SegmentHeader(pointer))
            } catch {
                if case .version(let version) = error { return .newer(version) }
                return .unsound
            }
        }
    }

    /// Nil when the segment is not sealed, or its index is damaged.
    func index(fileBytes: Int, salt: UInt64?) throws(DiskFailure) -> SegmentIndex? {
        let trailerAt = fileBytes - SegmentIndex.trailerBytes
        guard trailerAt >= SegmentHeader.bytes else { return nil }
        let trailer = try disk.read(name, at: trailerAt, count: SegmentIndex.trailerBytes)
        guard trailer.count == SegmentIndex.trailerBytes,
            let entryBytes = trailer.withUnsafeBytes({
                SegmentIndex.entryBytes(trailer: $0, fileBytes: fileBytes)
            })
        else { return nil }
        let entries = try disk.read(name, at: trailerAt - entryBytes, count: entryBytes)
        guard entries.count == entryBytes else { return nil }
        return entries.withUnsafeBytes { entries in
            trailer.withUnsafeBytes { SegmentIndex(entries: entries, trailer: $0, salt: salt) }
        }
    }
}
