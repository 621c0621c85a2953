import Configuration
import Diagnostics
import Journal

/// `yeoul journal verify`
struct JournalVerifyVerb: Verb {
    let name = "verify"
    let summary = "Read the whole journal, compare every checksum, and look for missing frames"
    let details = """
        Exit code 0 when everything is as it was written, 1 when not: then each place is named with its file \
        and bytes. The open end of a journal that is being written, or that a crash tore, is no damage.
        """
    let examples = [
        Example("yeoul journal verify", "all segments"),
        Example("yeoul journal verify --json", "for a program"),
    ]
    let options = [OptionDeclaration.json]

    func run(_ invocation: Invocation) async throws {
        let inspector = try JournalInspector(folder: try invocation.configuration().journal.folder)
        let report = try JournalVerifier(inspector).run()
        if invocation.wantsJSON {
            try invocation.output.line(Self.json(report))
        } else {
            for line in Self.lines(report) { try invocation.output.line(line) }
        }
        guard !report.isSound else { return }
        throw ProgramError(
            "the journal is not as it was written", place: inspector.folder,
            remedy: "Look at the disk. yeoul capture skips these places and fetches what is missing.")
    }

    static func lines(_ report: VerificationReport) -> [String] {
        var lines = report.damages.map { "damaged: \($0.text)" }
        lines += report.holes.map { "missing: frames \($0.first) to \($0.last)" }
        lines += report.disagreements.map { "disagreeing: \($0)" }
        if let place = report.unfinished { lines.append("open end: \(place.text)") }
        let open = report.unsealed > 0 ? ", \(report.unsealed) of them open" : ""
        lines.append(
            "\(report.isSound ? "sound: " : "")\(report.segments) segments\(open), \(report.frames) frames, "
                + "\(report.fileBytes) bytes, \(report.rawBytes) unpacked")
        return lines
    }

    static func json(_ report: VerificationReport) -> String {
        func list(_ places: [DamagePlace]) -> String {
            places.map { "{\"file\":\(JSONText.quoted($0.file)),\"from\":\($0.from),\"to\":\($0.to)}" }
                .joined(separator: ",")
        }
        let holes = report.holes.map { "{\"first\":\($0.first),\"last\":\($0.last)}" }.joined(separator: ",")
        let disagreements = report.disagreements.map(JSONText.quoted).joined(separator: ",")
        return "{\"sound\":\(report.isSound),\"segments\":\(report.segments),\"unsealed\":\(report.unsealed)"
            + ",\"frames\":\(report.frames),\"bytes\":\(report.fileBytes),\"raw_bytes\":\(report.rawBytes)"
            + ",\"damages\":[\(list(report.damages))],\"missing\":[\(holes)]"
            + ",\"disagreements\":[\(disagreements)]"
            + ",\"open_end\":\(report.unfinished.map { list([$0]) } ?? "null")}"
    }
}
