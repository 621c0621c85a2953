import Configuration
import Glibc
import Journal

/// `yeoul journal export`
struct JournalExportVerb: Verb {
    let name = "export"
    let summary = "Write frames of the journal as JSON lines"
    let details = """
        One object a frame: sequence, received_at, monotonic_nanoseconds, connection, kind, label, and the \
        payload as it came (payload_base64 when it is no text). Damaged places are left out and named at the \
        end; the exit code is then 1.
        """
    let examples = [
        Example("yeoul journal export --output frames.jsonl", "everything into a new file"),
        Example(
            "yeoul journal export --from 2026-03-02 --to 2026-03-03 | zstd > day.jsonl.zst", "a day, packed"),
    ]
    let options =
        JournalOptions.all + [
            OptionDeclaration("output", .path("FILE"), "A new file; standard output unless given")
        ]

    func run(_ invocation: Invocation) async throws {
        let walk = FrameWalk(
            inspector: try JournalInspector(folder: try invocation.configuration().journal.folder),
            selection: try JournalOptions.selection(invocation),
            framesMax: invocation.integer("limit") ?? .max)
        guard let path = invocation.text("output") else {
            return try FrameWalk.check(walk.run(FrameText.json, invocation.output.write))
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw ProgramError(
                "the file cannot be made: \(String(cString: strerror(errno)))", place: path,
                remedy: "Choose a name that is not taken, in a folder that you may write to.")
        }
        defer { close(descriptor) }
        let output = Output(descriptor: descriptor, environment: [:])
        let outcome = try walk.run(FrameText.json, output.write)
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw ProgramError(
                "the file cannot be written: \(String(cString: strerror(errno)))", place: path,
                remedy: "Look at the disk.")
        }
        try invocation.output.line("\(outcome.frames) frames written to \(path)")
        try FrameWalk.check(outcome)
    }
}
