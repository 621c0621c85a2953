import Configuration
import Diagnostics

/// Turns arguments into what to do. Pure: it reads nothing but its arguments.
///
/// Settings may stand before the verb too. `--` ends the options; what follows goes to the verb as it is.
package struct ArgumentParser {
    private let verbs: [any Verb]
    private var rest: [String] = []
    private var parsed = ParsedArguments()
    private var verb: (any Verb)?
    private var asksForHelp = false

    package init(verbs: [any Verb]) {
        self.verbs = verbs
    }

    /// `arguments` without the program's name.
    package static func parse(
        _ arguments: [String], verbs: [any Verb]
    ) throws(UsageError) -> ParsedCommand {
        var parser = ArgumentParser(verbs: verbs)
        return try parser.parse(arguments)
    }

    private mutating func parse(_ arguments: [String]) throws(UsageError) -> ParsedCommand {
        rest = arguments.reversed()
        while let word = rest.popLast() {
            if word == "--" {
                for word in rest.reversed() { try takePlain(word) }
                rest = []
            } else if word.hasPrefix("-"), word != "-" {
                if word == "--version", verb == nil { return .version }
                try takeOption(word)
            } else if word == "help", verb == nil {
                asksForHelp = true
            } else {
                try takePlain(word)
            }
        }
        if asksForHelp { return .help(path: parsed.path) }
        guard let verb else {
            if arguments.isEmpty { return .help(path: []) }
            throw UsageError("no verb is given", path: [])
        }
        try checkComplete(verb)
        return .run(verb, parsed)
    }

    private mutating func takePlain(_ word: String) throws(UsageError) {
        let candidates = verb?.subverbs ?? verbs
        if verb == nil || !candidates.isEmpty {
            guard let next = candidates.first(where: { $0.name == word }) else {
                throw UsageError(
                    "unknown \(verb == nil ? "verb" : "subverb") \"\(word)\"", path: parsed.path,
                    suggestion: Suggestion.nearest(to: word, among: candidates.map(\.name)))
            }
            verb = next
            parsed.path.append(word)
            return
        }
        let declared = verb?.positionals ?? []
        let index = min(parsed.positionals.count, declared.count - 1)
        guard index >= 0, parsed.positionals.count < declared.count || declared[index].isRepeatable else {
            throw UsageError("unexpected argument \"\(word)\"", path: parsed.path)
        }
        if case .choice(let names) = declared[index].value, !names.contains(word) {
            throw UsageError(
                "\"\(word)\" is no \(declared[index].name): allowed are \(names.joined(separator: ", "))",
                path: parsed.path, suggestion: Suggestion.nearest(to: word, among: names))
        }
        parsed.positionals.append(word)
    }

    private mutating func takeOption(_ word: String) throws(UsageError) {
        if word == "-h" || word == "--help" {
            asksForHelp = true
            return
        }
        let equals = word.firstIndex(of: "=")
        let name = word.hasPrefix("--") ? String(word[..<(equals ?? word.endIndex)].dropFirst(2)) : ""
        let attached = equals.map { String(word[word.index(after: $0)...]) }
        // Before the verb only settings can stand; whether the verb takes them is checked at the end.
        let declared = verb.map(CommonOptions.all) ?? CommonOptions.ofConfiguration
        guard let option = declared.first(where: { $0.name == name }) else {
            throw unknownOption(word, name, declared)
        }
        if option.value == .none {
            guard attached == nil else {
                throw UsageError("--\(name) takes no value", path: parsed.path)
            }
            parsed.options[name] = [""]
            return
        }
        guard let value = attached ?? rest.popLast() else {
            throw UsageError("--\(name) needs a value: \(option.shown)", path: parsed.path)
        }
        try take(value, for: option)
    }

    private func unknownOption(
        _ word: String, _ name: String, _ declared: [OptionDeclaration]
    ) -> UsageError {
        let shown = word.prefix { $0 != "=" }
        if verb == nil, !name.isEmpty {
            return UsageError(
                "unknown option \(shown) before the verb", path: [],
                suggestion: Suggestion.nearest(to: name, among: declared.map(\.name) + ["help", "version"])
                    .map { "--" + $0 })
        }
        return UsageError(
            "unknown option \(shown)", path: parsed.path,
            suggestion: Suggestion.nearest(to: name, among: declared.map(\.name)).map { "--" + $0 })
    }

    private mutating func take(_ value: String, for option: OptionDeclaration) throws(UsageError) {
        if option == CommonOptions.config {
            guard !value.isEmpty, parsed.configurationFile == nil else {
                throw UsageError("--config is given twice or empty", path: parsed.path)
            }
            parsed.configurationFile = value
        } else if option == CommonOptions.set {
            guard let equals = value.firstIndex(of: "="), equals > value.startIndex else {
                throw UsageError("--set needs KEY=VALUE", path: parsed.path)
            }
            parsed.settings.append(
                FlagAssignment(
                    key: String(value[..<equals]), value: String(value[value.index(after: equals)...]),
                    flag: "--set"))
        } else if verb?.options.contains(option) != true,
            let setting = CommonOptions.setting(ofFlag: option.name)
        {
            // Its value is checked with the whole configuration, where the rules for it are.
            parsed.settings.append(
                FlagAssignment(key: setting.key, value: value, flag: "--" + option.name))
        } else {
            try check(value, for: option)
            guard option.isRepeatable || parsed.options[option.name] == nil else {
                throw UsageError("--\(option.name) is given twice", path: parsed.path)
            }
            parsed.options[option.name, default: []].append(value)
        }
    }

    private func check(_ value: String, for option: OptionDeclaration) throws(UsageError) {
        switch option.value {
        case .none, .text: return
        case .path:
            guard !value.isEmpty else { throw UsageError("--\(option.name) is empty", path: parsed.path) }
        case .integer(let range):
            guard let number = Int(value), range.contains(number) else {
                throw UsageError(
                    "--\(option.name) takes a number from \(range.lowerBound) to \(range.upperBound), not \"\(value)\"",
                    path: parsed.path)
            }
        case .choice(let names):
            guard names.contains(value) else {
                throw UsageError(
                    "--\(option.name) takes \(names.joined(separator: ", ")), not \"\(value)\"",
                    path: parsed.path, suggestion: Suggestion.nearest(to: value, among: names))
            }
        }
    }

    private func checkComplete(_ verb: any Verb) throws(UsageError) {
        if !verb.subverbs.isEmpty {
            throw UsageError(
                "\"\(parsed.path.joined(separator: " "))\" needs a subverb: "
                    + verb.subverbs.map(\.name).joined(separator: ", "), path: parsed.path)
        }
        if !verb.readsConfiguration, parsed.configurationFile != nil || !parsed.settings.isEmpty {
            throw UsageError(
                "\"\(parsed.path.joined(separator: " "))\" reads no configuration, so takes no settings",
                path: parsed.path)
        }
        let required = verb.positionals.prefix(while: \.isRequired)
        if parsed.positionals.count < required.count {
            throw UsageError("\(required[parsed.positionals.count].shown) is missing", path: parsed.path)
        }
    }
}
