/// The reference of all settings, made from the table: the one in docs/configuration.md, and the
/// documented file.
package enum SettingReference {
    /// A table in Markdown.
    package static func markdown(_ table: [Setting] = SettingTable.settings) -> String {
        var text = "| key | value | default | environment, flag | meaning |\n|---|---|---|---|---|\n"
        for setting in table {
            var names = setting.environment + [setting.generalEnvironmentName]
            if let flag = setting.flag { names.append("--" + flag) }
            let others = names.map { "`\($0)`" }.joined(separator: ", ")
            let standard =
                if case .written(let written) = setting.standard { "`\(written)`" } else {
                    setting.standard.shown
                }
            text +=
                "| `\(setting.key)` | \(setting.kind.name) | \(standard) | \(others) | \(setting.summary) |\n"
        }
        return text
    }

    /// A whole file in which every key stands with its default.
    package static func file(_ table: [Setting] = SettingTable.settings) -> String {
        var text = """
            # Yeoul's settings, each with its default. Remove what you do not change.
            # The environment overrides this file, and flags override the environment.
            # A key without a value has the default that its comment names.

            """
        var open: [Substring] = []
        for setting in table {
            let names = setting.key.split(separator: ".")
            let sections = Array(names.dropLast())
            let shared = zip(open, sections).prefix { $0 == $1 }.count
            for (depth, section) in sections.enumerated().dropFirst(shared) {
                if depth == 0 { text += "\n" }
                text += String(repeating: "  ", count: depth) + section + ":\n"
            }
            open = sections
            text += lines(setting, indentation: String(repeating: "  ", count: sections.count))
        }
        return text
    }

    private static func lines(_ setting: Setting, indentation: String) -> String {
        let name = setting.key.split(separator: ".").last ?? ""
        var comment = "\(indentation)# \(setting.summary).\n"
        switch setting.standard {
        case .written(let written):
            comment += "\(indentation)# \(setting.kind.name)\n"
            return comment + "\(indentation)\(name): \(written)\n"
        default:
            comment += "\(indentation)# \(setting.kind.name); without one: \(setting.standard.shown)\n"
            return comment + "\(indentation)\(name):\n"
        }
    }
}
