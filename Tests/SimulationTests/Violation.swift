/// A rule that was broken: the simulation ends with it.
struct Violation: Error, CustomStringConvertible {
    let seed: UInt64
    let atMilliseconds: Int64
    let what: String
    let trace: [String]

    var description: String {
        let lines = trace.isEmpty ? "" : "\n" + trace.joined(separator: "\n")
        return "seed \(seed), after \(atMilliseconds) ms: \(what). See it alone with "
            + "`make simulate SEED=\(seed)`.\(lines)"
    }
}
