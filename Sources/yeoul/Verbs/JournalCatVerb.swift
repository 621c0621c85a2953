import Configuration
import Journal

/// `yeoul journal cat`
struct JournalCatVerb: Verb {
    let name = "cat"
    let summary = "Print frames of the journal for people"
    let details = """
        One line a frame: number, time of receipt, kind, connection, label, payload. A time range reads only \
        the parts of the files that the indexes do not rule out. Damaged places are left out and named at the \
        end; the exit code is then 1.
        """
    let examples = [
        Example("yeoul journal cat --limit 20", "the oldest frames that are kept"),
        Example(
            "yeoul journal cat --from 2026-03-02T09:00:00Z --to 2026-03-02T09:01:00Z", "one minute"),
        Example("yeoul journal cat --kind rest", "the pages that filled gaps"),
    ]
    let options = JournalOptions.all

    func run(_ invocation: Invocation) async throws {
        let walk = FrameWalk(
            inspector: try JournalInspector(folder: try invocation.configuration().journal.folder),
            selection: try JournalOptions.selection(invocation),
            framesMax: invocation.integer("limit") ?? .max)
        try FrameWalk.check(walk.run(FrameText.line, invocation.output.write))
    }
}
