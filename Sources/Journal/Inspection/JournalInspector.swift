/// Reads a journal without writing to it, also while a capture does.
package struct JournalInspector: Sendable {
    private let disk: any JournalDisk
    package let folder: String
    package let id: JournalID?
    /// A process writes the journal now.
    package let isLive: Bool

    package init(folder: String) throws(JournalError) {
        let disk = FolderDisk(path: folder)
        do throws(DiskFailure) {
            _ = try disk.names()
        } catch {
            guard error.kind == .missing else { throw error.explained() }
            throw JournalError(
                .missing, "there is no journal", at: folder,
                remedy: "Give its place with --journal-folder or --data-folder, or run yeoul capture first.")
        }
        try self.init(disk: disk, folder: folder, isLive: FolderLock.isHeld(folder: folder))
    }

    package init(disk: any JournalDisk, folder: String, isLive: Bool) throws(JournalError) {
        self.disk = disk
        self.folder = folder
        self.isLive = isLive
        do throws(DiskFailure) {
            let names = try disk.names()
            id = names.contains(Recovery.identityName) ? try Recovery.identity(on: disk) : nil
            guard id != nil || names.contains(where: { SegmentName.first(of: $0) != nil }) else {
                throw DiskFailure(.missing, "reading", file: folder, reason: "no segments")
            }
        } catch {
            guard error.kind == .missing else { throw error.explained() }
            throw JournalError(
                .missing, "the folder holds no journal", at: folder,
                remedy: "Give its place with --journal-folder or --data-folder.")
        }
    }

    /// All segments, the oldest first. One that retention removes meanwhile is left out.
    package func segments() throws(JournalError) -> [SegmentListing] {
        do throws(DiskFailure) {
            let names = try disk.names().filter { SegmentName.first(of: $0) != nil }.sorted()
            var listings: [SegmentListing] = []
            for name in names {
                do throws(DiskFailure) {
                    listings.append(try listing(of: name))
                } catch {
                    guard error.kind == .missing else { throw error }
                }
            }
            return listings
        } catch {
            throw error.explained()
        }
    }

    private func listing(of name: String) throws(DiskFailure) -> SegmentListing {
        let size = try disk.size(of: name)
        let file = SegmentFile(disk: disk, name: name)
        var header: SegmentHeader?
        if case .sound(let sound) = try file.header() { header = sound }
        let sealed = try file.index(fileBytes: size, salt: header?.salt)
        var index = sealed ?? SegmentIndex()
        if sealed == nil {
            var reader = SegmentReader(
                disk, name: name, offset: SegmentHeader.bytes, limit: size, salt: header?.salt)
            scan: while true {
                switch try reader.next() {
                case .block(let block, let offset): index.add(block, at: offset)
                case .damage: continue
                case .end: break scan
                }
            }
        }
        let first = SegmentName.first(of: name) ?? 1
        return SegmentListing(
            name: name, firstSequence: first, lastSequence: index.isEmpty ? first - 1 : index.lastSequence,
            frames: index.frames, fileBytes: size, rawBytes: index.rawBytes,
            earliestUnixMicroseconds: index.earliest, latestUnixMicroseconds: index.latest,
            isSealed: sealed != nil, previousSequence: header?.previousSequence, salt: header?.salt,
            dataEnd: sealed == nil ? size : index.end, index: index)
    }

    /// The selected frames in their order, each once, and what cannot be read; `body` says whether to go on.
    /// Only the parts of the files are read that the index does not rule out.
    package func read(
        _ selection: FrameSelection, _ body: (InspectionItem) throws -> Bool
    ) throws {
        let segments = try segments()
        for (place, segment) in segments.enumerated() where selection.mayHold(segment) {
            guard let range = segment.index.range(from: selection.from, to: selection.to) else { continue }
            let isWhole = range.upperBound == segment.index.end
            let next = segments.dropFirst(place + 1).first { $0.frames > 0 }
            let goesOn = try read(
                segment, from: selection.from == .min ? SegmentHeader.bytes : range.lowerBound,
                limit: isWhole ? segment.dataEnd : range.upperBound,
                below: next?.firstSequence ?? .max, isLast: next == nil, selection, body)
            guard goesOn else { return }
        }
    }

    /// False when the body wants no more.
    private func read(
        _ segment: SegmentListing, from offset: Int, limit: Int, below: UInt64, isLast: Bool,
        _ selection: FrameSelection, _ body: (InspectionItem) throws -> Bool
    ) throws -> Bool {
        let unpacker = try BlockUnpacker()
        let begin = max(offset, segment.index.offset(before: selection.after + 1))
        var reader = SegmentReader(disk, name: segment.name, offset: begin, limit: limit, salt: segment.salt)
        while true {
            var item: InspectionItem?
            switch try next(&reader) {
            case .block(let block, _) where block.firstSequence >= below: return true
            case .block(let block, let offset):
                guard selection.mayHold(block) else { continue }
                if let batch = reader.withBody({ unpacker.frames(block, body: $0) }) {
                    item = .frames(batch)
                } else {
                    item = .damage(DamagePlace(file: segment.name, from: offset, to: reader.offset))
                }
            case .damage(let from, let to):
                item = .damage(DamagePlace(file: segment.name, from: from, to: to))
            case .end(let offset, let limit):
                guard offset < limit else { return true }
                let place = DamagePlace(file: segment.name, from: offset, to: limit)
                let isOpen = isLast && !segment.isSealed
                return try body(isOpen ? .unfinished(place) : .damage(place))
            }
            if let item, try !body(item) { return false }
        }
    }

    private func next(_ reader: inout SegmentReader) throws(JournalError) -> SegmentReader.Item {
        do throws(DiskFailure) {
            return try reader.next()
        } catch {
            // Retention was faster: what it removed, the database has.
            if error.kind == .missing { return .end(offset: reader.limit, limit: reader.limit) }
            throw error.explained()
        }
    }
}
