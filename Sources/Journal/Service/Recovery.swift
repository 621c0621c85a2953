/// Looks through a journal before it is written again: seals what a crash left open, cuts torn ends, notes
/// damage, and finds the number to go on with. It decides from the bytes alone.
struct Recovery {
    static let identityName = "identity"

    let disk: any JournalDisk
    let salts: SaltSequence
    private(set) var summaries: [SegmentSummary] = []
    private(set) var report: RecoveryReport

    init(_ disk: any JournalDisk, seed: UInt64) {
        self.disk = disk
        salts = SaltSequence(seed: seed)
        report = RecoveryReport(journal: JournalID(high: 0, low: 0))
    }

    /// `committedPosition` is nil while the database cannot be asked: then the next number leaps over all
    /// frames that it could have taken before they were on disk, which the ring bounds.
    mutating func run(committedPosition: UInt64?, settings: JournalSettings) throws(JournalError) {
        if let committedPosition, committedPosition > SequenceRange.last {
            throw JournalError(
                .notHeld, "the position \(committedPosition) is no frame of a journal",
                remedy: "Look at ops.journal_positions: it was not written by this program.")
        }
        do throws(DiskFailure) {
            let names = try disk.names()
            let segments = names.filter { SegmentName.first(of: $0) != nil }.sorted()
            let known = names.contains(Self.identityName) ? try Self.identity(on: disk) : nil
            var journal = known
            // The newest first: what a newer segment holds, an older one has only as a leftover.
            for name in segments.reversed() {
                if let found = try look(at: name, journal: journal) { journal = journal ?? found }
            }
            summaries.reverse()
            report.damages.sort { ($0.file, $0.from) < ($1.file, $1.from) }
            report.cuts.sort { ($0.file, $0.from) < ($1.file, $1.from) }
            report.isNew = journal == nil && summaries.isEmpty
            report.journal = journal ?? makeIdentity()
            if known == nil { try writeIdentity(names) }
        } catch {
            throw (foreign ?? error.explained())
        }
        finish(committedPosition, settings)
    }

    private var foreign: JournalError?

    private mutating func finish(_ committedPosition: UInt64?, _ settings: JournalSettings) {
        report.segments = summaries.count
        report.bytes = summaries.reduce(0) { $0 + $1.bytes }
        report.lastSequence = summaries.map(\.lastSequence).max() ?? 0
        let isFresh = report.isNew && committedPosition == nil
        let leap = UInt64(isFresh ? 0 : settings.ringBytes / FrameLayout.headBytes)
        let taken = committedPosition ?? (report.lastSequence + leap)
        report.nextSequence = max(report.lastSequence, taken) + 1
    }

    /// Returns the id of the journal that wrote the segment when its header is sound.
    private mutating func look(at name: String, journal: JournalID?) throws(DiskFailure) -> JournalID? {
        let size = try disk.size(of: name)
        // Whoever wrote it may have been killed before its sync. What is found here is believed from now on, so
        // it must outlive the machine, too.
        try disk.sync(name)
        let file = SegmentFile(disk: disk, name: name)
        var found: SegmentHeader?
        switch try file.header() {
        case .sound(let header): found = header
        case .unsound:
            if size > SegmentHeader.bytes {
                report.damages.append(DamagePlace(file: name, from: 0, to: SegmentHeader.bytes))
            }
        case .newer(let version):
            foreign = JournalError(
                .foreign,
                "the segment has version \(version), and this program knows \(SegmentHeader.version)",
                at: name, remedy: "Use the program that wrote it, or a newer one.")
        }
        if let found, let journal, found.journal != journal {
            foreign = JournalError(
                .foreign, "the segment belongs to journal \(found.journal.text), not to \(journal.text)",
                at: name, remedy: "Move it out of this folder.")
        }
        if foreign != nil { throw DiskFailure(.broken, "opening", file: name, reason: "foreign") }
        let first = SegmentName.first(of: name) ?? 1
        var summary = SegmentSummary(
            name: name, firstSequence: first, lastSequence: first - 1,
            previousSequence: found?.previousSequence ?? (first - 1), bytes: size, dataEnd: size,
            earliestUnixMicroseconds: .max, latestUnixMicroseconds: .min, isSealed: false, salt: found?.salt)
        if let index = try file.index(fileBytes: size, salt: found?.salt) {
            summary.isSealed = true
            note(index, in: &summary)
            summaries.append(summary)
        } else {
            try mend(&summary)
        }
        return found?.journal
    }

    private func note(_ index: SegmentIndex, in summary: inout SegmentSummary) {
        summary.dataEnd = index.end
        guard !index.isEmpty else { return }
        summary.lastSequence = index.lastSequence
        summary.earliestUnixMicroseconds = index.earliest
        summary.latestUnixMicroseconds = index.latest
    }

    /// A segment without index: whoever wrote it did not end well, or its index is damaged.
    private mutating func mend(_ summary: inout SegmentSummary) throws(DiskFailure) {
        let name = summary.name
        var reader = SegmentReader(
            disk, name: name, offset: SegmentHeader.bytes, limit: summary.bytes, salt: summary.salt)
        var index = SegmentIndex()
        var damage: DamagePlace?
        // After a failed sync the same frames were written again, into the next segment.
        let below = summaries.last?.firstSequence ?? .max
        scan: while true {
            switch try reader.next() {
            case .block(let header, let offset) where header.firstSequence < below:
                if let damage { report.damages.append(damage) }
                damage = nil
                index.add(header, at: offset)
            case .damage(let from, let to): damage = DamagePlace(file: name, from: from, to: to)
            case .block, .end: break scan
            }
        }
        let begin = index.isEmpty ? 0 : index.end
        if begin < summary.bytes, summary.bytes > SegmentHeader.bytes || summary.salt == nil {
            report.cuts.append(DamagePlace(file: name, from: begin, to: summary.bytes))
        }
        guard !index.isEmpty else {
            // Nothing of it can be read, and its name is needed for what comes now.
            try disk.remove(name)
            return
        }
        note(index, in: &summary)
        do throws(DiskFailure) {
            if index.end < summary.bytes { try disk.truncate(name, to: index.end) }
            summary.bytes = try SegmentSealer.seal(
                disk, name, index: index, salt: reader.salt ?? 0)
            summary.isSealed = true
        } catch {
            // A full disk is no reason not to start: the segment is read without its index.
            report.unsealed.append(error.text)
        }
        disk.finish(name)
        summaries.append(summary)
    }
}

extension Recovery {
    private static let identityTitle = "yeoul journal 1"

    /// Nil when the file is not whole.
    static func identity(on disk: any JournalDisk) throws(DiskFailure) -> JournalID? {
        let bytes = try disk.read(identityName, at: 0, count: 256)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count >= 2, lines[0] == identityTitle else { return nil }
        return JournalID(lines[1])
    }

    private func makeIdentity() -> JournalID {
        var salts = salts
        return JournalID(high: salts.next(), low: salts.next())
    }

    /// Kept in a file of its own, so that it outlives all segments.
    private func writeIdentity(_ names: [String]) throws(DiskFailure) {
        if names.contains(Self.identityName) {
            try disk.truncate(Self.identityName, to: 0)
        } else {
            try disk.create(Self.identityName)
        }
        let text = Array("\(Self.identityTitle)\n\(report.journal.text)\n".utf8)
        try disk.write(text, to: Self.identityName, at: 0)
        try disk.sync(Self.identityName)
        disk.finish(Self.identityName)
    }
}
