/// The part of a feed that reads segments.
struct SegmentFeed {
    private let disk: any JournalDisk
    private let catalogue: SegmentCatalogue
    private let unpacker: BlockUnpacker
    private var reader: SegmentReader?
    /// A block that was read and not handed out, since a hole or the batch's bound came first.
    private var pending: FrameBatch?
    private var damage: DamagePlace?
    private var skippedThrough: UInt64 = 0

    init(disk: any JournalDisk, catalogue: SegmentCatalogue) throws(JournalError) {
        self.disk = disk
        self.catalogue = catalogue
        unpacker = try BlockUnpacker()
    }

    /// Lets go of the file: the ring goes on.
    mutating func leave() {
        reader = nil
        pending = nil
        damage = nil
    }

    /// Frames from `sequence` on. `ringFirst` is the oldest frame that memory had a moment ago: whatever no
    /// segment holds before it is a hole.
    mutating func next(
        from sequence: UInt64, before ringFirst: UInt64, bytesMax: Int
    ) throws(DiskFailure) -> FeedItem {
        var batch = FrameBatch()
        while batch.byteCount < max(1, bytesMax) {
            let wanted = sequence + UInt64(batch.count)
            guard let block = try block(from: wanted) else {
                if !batch.isEmpty { return .frames(batch) }
                guard sequence < ringFirst else { return .nothing }
                return .hole(hole(from: sequence, to: ringFirst - 1, previous: catalogue.endAtOpen))
            }
            if block.firstSequence > wanted {
                pending = block
                if !batch.isEmpty { return .frames(batch) }
                let previous = reader.flatMap { catalogue.summary(of: $0.name) }?.previousSequence
                return .hole(
                    hole(from: wanted, to: block.firstSequence - 1, previous: previous ?? .max))
            }
            if !batch.isEmpty, batch.byteCount + block.byteCount > bytesMax {
                pending = block
                return .frames(batch)
            }
            damage = nil
            if batch.isEmpty { batch.firstSequence = sequence }
            batch.count += block.count
            batch.bytes.append(contentsOf: block.bytes)
        }
        return .frames(batch)
    }

    /// Numbers behind the journal's end at that time were never used; those before it are lost to us.
    private mutating func hole(from first: UInt64, to last: UInt64, previous: UInt64) -> JournalHole {
        if let place = damage {
            damage = nil
            return JournalHole(.damaged, first: first, last: last, place: place)
        }
        if first > previous { return JournalHole(.neverUsed, first: first, last: last) }
        return JournalHole(.gone, first: first, last: min(last, previous))
    }

    /// The next block with frames from `sequence` on; nil when no segment has any.
    private mutating func block(from sequence: UInt64) throws(DiskFailure) -> FrameBatch? {
        if let block = pending {
            pending = nil
            return block
        }
        // Each turn ends a segment, opens one, or moves behind a block.
        while true {
            if reader == nil {
                guard let (summary, offset) = catalogue.segment(holding: max(sequence, skippedThrough + 1))
                else { return nil }
                guard try open(summary, from: sequence, offset: offset) else { continue }
            }
            if let block = try step(from: sequence) { return block }
        }
    }

    /// False when retention has just removed the file.
    private mutating func open(
        _ summary: SegmentSummary, from sequence: UInt64, offset: Int?
    ) throws(DiskFailure) -> Bool {
        do throws(DiskFailure) {
            var begin = offset ?? SegmentHeader.bytes
            if offset == nil, summary.isSealed, sequence > summary.firstSequence,
                let index = try SegmentFile(disk: disk, name: summary.name).index(
                    fileBytes: summary.bytes, salt: summary.salt)
            {
                begin = index.offset(before: sequence)
            }
            reader = SegmentReader(
                disk, name: summary.name, offset: begin, limit: summary.dataEnd, salt: summary.salt)
            return true
        } catch {
            guard error.kind == .missing, catalogue.summary(of: summary.name) == nil else { throw error }
            return false
        }
    }

    /// One item of the open segment; nil when it had no frames for us, and the next turn goes on.
    private mutating func step(from sequence: UInt64) throws(DiskFailure) -> FrameBatch? {
        guard var open = reader else { return nil }
        defer { if reader != nil { reader = open } }
        let item: SegmentReader.Item
        do throws(DiskFailure) {
            item = try open.next()
        } catch {
            reader = nil
            guard error.kind == .missing, catalogue.summary(of: open.name) == nil else { throw error }
            return nil
        }
        switch item {
        case .block(let header, let offset):
            guard header.lastSequence >= sequence else { return nil }
            guard let batch = open.withBody({ unpacker.frames(header, body: $0) }) else {
                damage = damage ?? DamagePlace(file: open.name, from: offset, to: open.offset)
                return nil
            }
            return batch.dropping(before: sequence)
        case .damage(let from, let to):
            damage = damage ?? DamagePlace(file: open.name, from: from, to: to)
        case .end(let offset, let limit): try end(&open, at: offset, limit: limit, sequence: sequence)
        }
        return nil
    }

    /// The segment has no more good blocks: it has grown, or its successor goes on.
    private mutating func end(
        _ open: inout SegmentReader, at offset: Int, limit: Int, sequence: UInt64
    ) throws(DiskFailure) {
        let summary = catalogue.summary(of: open.name)
        if let summary, summary.dataEnd > limit {
            open.extend(to: summary.dataEnd)
            return
        }
        if offset < limit { damage = damage ?? DamagePlace(file: open.name, from: offset, to: limit) }
        reader = nil
        guard let summary, summary.lastSequence >= sequence else { return }
        // Its last frames cannot be read: the next segment is asked for those behind them.
        skippedThrough = summary.lastSequence
    }
}
