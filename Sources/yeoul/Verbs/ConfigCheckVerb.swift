import Configuration
import Diagnostics

/// `yeoul config check`
struct ConfigCheckVerb: Verb {
    let name = "check"
    let summary = "Check the whole configuration and report every mistake at once"
    let details =
        "Reads the defaults, the file, the environment (with .env) and the flags, as every verb does, and asks capture, derivation and page what they would refuse."
    let examples = [
        Example("yeoul config check", "check what the next start would read"),
        Example("yeoul config check --config new.yaml", "check a file before it is put in place"),
    ]

    func run(_ invocation: Invocation) async throws {
        let resolved = try invocation.resolvedConfiguration()
        try RoleSettings.check(try resolved.typed())
        let file = resolved.file.map { "file \(ControlCharacters.escaped($0))" } ?? "no file"
        let changed = resolved.settings.count { $0.source != .standard }
        try invocation.output.line(
            "The configuration is sound: \(resolved.settings.count) settings, \(changed) of them set (\(file))."
        )
    }
}
