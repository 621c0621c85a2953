import Configuration
import Diagnostics
import Journal
import Market

/// `yeoul journal ls`
struct JournalListVerb: Verb {
    let name = "ls"
    let summary = "List the journal's segments"
    let examples = [
        Example("yeoul journal ls", "numbers, times, sizes and compression"),
        Example("yeoul journal ls --json", "for a program"),
    ]
    let options = [OptionDeclaration.json]

    func run(_ invocation: Invocation) async throws {
        let configuration = try invocation.configuration()
        let inspector = try JournalInspector(folder: configuration.journal.folder)
        let segments = try inspector.segments()
        if invocation.wantsJSON {
            return try invocation.output.line(
                json(segments, inspector, JournalSettings(configuration.journal)))
        }
        for segment in segments { try invocation.output.line(Self.line(segment)) }
        let bytes = segments.reduce(0) { $0 + $1.fileBytes }
        let frames = segments.reduce(0) { $0 + $1.frames }
        let writer = inspector.isLive ? "is being written" : "nobody writes it"
        try invocation.output.line(
            "\(segments.count) segments, \(frames) frames, \(bytes) bytes of at most "
                + "\(configuration.journal.sizeMax); journal \(inspector.id?.text ?? "without identity"), \(writer)"
        )
    }

    static func line(_ segment: SegmentListing) -> String {
        guard segment.frames > 0 else { return "\(segment.name): no frames, \(segment.fileBytes) bytes" }
        let from = Instant(microseconds: segment.earliestUnixMicroseconds)
        let to = Instant(microseconds: segment.latestUnixMicroseconds)
        let tenths = segment.rawBytes * 10 / max(1, segment.fileBytes)
        return "\(segment.name): \(segment.firstSequence) to \(segment.lastSequence), \(from) to \(to), "
            + "\(segment.frames) frames, \(segment.fileBytes) bytes, 1:\(tenths / 10).\(tenths % 10)"
            + (segment.isSealed ? "" : ", open")
    }

    private func json(
        _ segments: [SegmentListing], _ inspector: JournalInspector, _ settings: JournalSettings
    ) -> String {
        let rows = segments.map { segment in
            let times =
                segment.frames == 0
                ? "null,\"to\":null"
                : "\"\(Instant(microseconds: segment.earliestUnixMicroseconds))\",\"to\":"
                    + "\"\(Instant(microseconds: segment.latestUnixMicroseconds))\""
            return "{\"name\":\(JSONText.quoted(segment.name)),\"first_sequence\":\(segment.firstSequence)"
                + ",\"last_sequence\":\(segment.lastSequence),\"frames\":\(segment.frames)"
                + ",\"bytes\":\(segment.fileBytes),\"raw_bytes\":\(segment.rawBytes)"
                + ",\"from\":\(times),\"sealed\":\(segment.isSealed)}"
        }
        let id = inspector.id.map { "\"\($0.text)\"" } ?? "null"
        return "{\"journal\":\(id),\"folder\":\(JSONText.quoted(inspector.folder))"
            + ",\"live\":\(inspector.isLive),\"size_max\":\(settings.sizeMax)"
            + ",\"segments\":[\(rows.joined(separator: ","))]}"
    }
}
