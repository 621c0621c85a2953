/// The help of the program and of each verb, made from the verb table.
package enum HelpText {
    /// A path that names no verb shows the help of the last one that it does name.
    package static func text(path: [String], verbs: [any Verb]) -> String {
        var found: (any Verb)?
        for name in path {
            guard let next = (found?.subverbs ?? verbs).first(where: { $0.name == name }) else { break }
            found = next
        }
        guard let found else { return program(verbs) }
        return verb(found, path: path)
    }

    private static func program(_ verbs: [any Verb]) -> String {
        var text = """
            Yeoul captures an exchange's market without losing a trade, and keeps it in PostgreSQL.

            Usage: yeoul VERB [OPTIONS]


            """
        text += table("Verbs", verbs.map { ($0.name, $0.summary) })
        text += options(CommonOptions.ofConfiguration + [CommonOptions.help, CommonOptions.version])
        text += table("Exit codes", ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) })
        text += table(
            "Examples",
            [
                ("yeoul config show", "every setting, its value and where it comes from"),
                ("yeoul help config", "the help of a verb"),
            ], isExample: true)
        return text + "Errors say what happened, where, and what to do. docs/operations.md has more.\n"
    }

    private static func verb(_ verb: any Verb, path: [String]) -> String {
        var usage = "yeoul " + path.joined(separator: " ")
        usage += verb.subverbs.isEmpty ? " [OPTIONS]" : " SUBVERB [OPTIONS]"
        for positional in verb.positionals { usage += " " + positional.shown }
        var text = verb.summary + "\n\nUsage: " + usage + "\n\n"
        if !verb.details.isEmpty { text += verb.details + "\n\n" }
        if !verb.subverbs.isEmpty { text += table("Subverbs", verb.subverbs.map { ($0.name, $0.summary) }) }
        if !verb.positionals.isEmpty {
            text += table("Arguments", verb.positionals.map { ($0.name.uppercased(), $0.summary) })
        }
        if verb.subverbs.isEmpty {
            if !verb.options.isEmpty { text += options(verb.options) }
            let common = CommonOptions.common(of: verb)
            text += table("Common options", common.map { ($0.shown, $0.summary) })
        }
        text += table("Examples", verb.examples.map { ($0.command, $0.meaning) }, isExample: true)
        return text
    }

    private static func options(_ options: [OptionDeclaration]) -> String {
        table("Options", options.map { ($0.shown, $0.summary) })
    }

    /// Two columns; what is too wide for the first one pushes its meaning to the next line.
    private static func table(
        _ title: String, _ rows: [(String, String)], isExample: Bool = false
    ) -> String {
        let widest = isExample ? 46 : 30
        let width = rows.map(\.0.count).filter { $0 <= widest }.max() ?? 0
        var text = title + ":\n"
        for (left, right) in rows {
            if left.count > width {
                text += "  \(left)\n" + String(repeating: " ", count: width + 4) + right + "\n"
            } else {
                text += "  " + left + String(repeating: " ", count: width - left.count + 2) + right + "\n"
            }
        }
        return text + "\n"
    }
}
