import Diagnostics
import Exchange
import Journal

/// `yeoul exchange --replay FOLDER`
struct ExchangeReplay {
    /// What makes markets up means nothing for those that were recorded.
    static let others = [
        "seed", "markets", "rate", "start", "duration", "ledger", "tls", "faults", "profile", "no-limits",
    ]

    let folder: String
    let speed: Double
    let port: UInt16

    func run(_ invocation: Invocation) async throws {
        if let other = Self.others.first(where: invocation.has) {
            throw UsageError("--\(other) does not go with --replay", path: invocation.arguments.path)
        }
        let replay = try JournalReplay(try JournalInspector(folder: folder), speed: speed, port: port)
        let interruption = Interruption()
        let watch = Task {
            await interruption.wait()
            replay.stop()
        }
        let (websocket, rest) = replay.addresses
        try invocation.output.line(
            "{\"websocket\":\(JSONText.quoted(websocket)),\"rest\":\(JSONText.quoted(rest))}")
        let outcome = try await replay.run()
        watch.cancel()
        try invocation.output.line("{\"messages\":\(outcome.messages)}")
        guard let damage = outcome.damages.first else { return }
        throw ProgramError(
            "the journal is damaged, and the messages there were left out", place: damage.text,
            remedy: "yeoul journal verify names all places.")
    }
}
