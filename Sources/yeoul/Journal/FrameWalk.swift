import Glibc
import Journal

/// Goes through the chosen frames of a journal and hands each on as text, in pieces that suit a pipe.
struct FrameWalk {
    static let pieceBytes = 64 << 10

    let inspector: JournalInspector
    let selection: FrameSelection
    let framesMax: Int

    struct Outcome {
        var frames = 0
        var damages: [DamagePlace] = []
    }

    func run(_ line: (JournalFrame) -> String, _ write: (String) throws -> Void) throws -> Outcome {
        var outcome = Outcome()
        var piece = ""
        try inspector.read(selection) { item in
            switch item {
            case .frames(let batch):
                try batch.forEach { (frame) throws in
                    guard outcome.frames < framesMax, selection.contains(frame.head) else { return }
                    outcome.frames += 1
                    piece += line(frame)
                    piece += "\n"
                    if piece.utf8.count >= Self.pieceBytes {
                        try write(piece)
                        piece = ""
                    }
                }
            case .damage(let place): outcome.damages.append(place)
            // Being written, or torn by a crash: the next start says so and cuts it.
            case .unfinished: break
            }
            return outcome.frames < framesMax
        }
        if !piece.isEmpty { try write(piece) }
        return outcome
    }

    /// After everything that could be shown was shown, what could not is the answer.
    static func check(_ outcome: Outcome) throws {
        guard let first = outcome.damages.first else { return }
        let more = outcome.damages.count > 1 ? " and \(outcome.damages.count - 1) more places" : ""
        throw ProgramError(
            "the journal is damaged, and the frames there were left out", place: first.text + more,
            remedy: "yeoul journal verify names all places; yeoul capture fetches what is missing.")
    }
}
