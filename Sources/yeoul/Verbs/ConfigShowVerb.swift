import Configuration
import Diagnostics

/// `yeoul config show`
struct ConfigShowVerb: Verb {
    let name = "show"
    let summary = "Show every setting, its value and where it comes from"
    let details = "Secrets and the passwords inside addresses are shown as ***."
    let examples = [
        Example("yeoul config show", "a table"),
        Example("yeoul config show --json", "for a program"),
        Example("yeoul config show data.folder", "one setting or section"),
    ]
    let options = [OptionDeclaration.json]
    let positionals = [
        PositionalDeclaration(
            "key", .choice(SettingTable.settings.map(\.key) + Self.sections), isRequired: false,
            "Only this setting, or this section")
    ]

    private static var sections: [String] {
        Array(Set(SettingTable.settings.compactMap { $0.key.split(separator: ".").first.map(String.init) }))
            .sorted()
    }

    func run(_ invocation: Invocation) async throws {
        let resolved = try invocation.resolvedConfiguration()
        let wanted = invocation.positionals.first
        let settings = resolved.settings.filter { setting in
            wanted.map { setting.setting.key == $0 || setting.setting.key.hasPrefix($0 + ".") } ?? true
        }
        try invocation.output.write(invocation.wantsJSON ? Self.json(settings) : Self.table(settings))
    }

    private static func table(_ settings: [ResolvedSetting]) -> String {
        let rows = settings.map { setting in
            var value = setting.value.shown(of: setting.setting.kind)
            if setting.value == .unset { value = "(\(setting.setting.standard.shown))" }
            return (setting.setting.key, value, ControlCharacters.escaped(setting.source.shown))
        }
        let keyWidth = rows.map(\.0.count).max() ?? 0
        let valueWidth = min(48, rows.map(\.1.count).max() ?? 0)
        var text = ""
        for (key, value, source) in rows {
            text +=
                key + padding(keyWidth, key) + "  " + value + padding(valueWidth, value) + "  " + source
                + "\n"
        }
        return text
    }

    private static func padding(_ width: Int, _ text: String) -> String {
        String(repeating: " ", count: max(0, width - text.count))
    }

    private static func json(_ settings: [ResolvedSetting]) -> String {
        let lines = settings.map { setting in
            "{\"key\":\(JSONText.quoted(setting.setting.key))"
                + ",\"value\":\(setting.value.json(of: setting.setting.kind))"
                + ",\"source\":\(JSONText.quoted(setting.source.kind))"
                + ",\"place\":\(JSONText.quoted(setting.source.shown))}"
        }
        return "{\"settings\":[\n" + lines.joined(separator: ",\n") + "\n]}\n"
    }
}
