import Configuration

/// Options that every verb takes, and those of every verb that reads the configuration.
package enum CommonOptions {
    package static let help = OptionDeclaration("help", "Show this help")
    package static let version = OptionDeclaration("version", "Show the version and the commit")
    package static let config = OptionDeclaration(
        "config", .path("FILE"), "Read this file instead of config/yeoul.yaml or /etc/yeoul/yeoul.yaml")
    package static let set = OptionDeclaration(
        "set", .text("KEY=VALUE"), isRepeatable: true, "Set any setting, as in --set database.port=5433")

    /// A flag for each setting that has one.
    package static let ofSettings: [OptionDeclaration] = SettingTable.settings.compactMap { setting in
        guard let flag = setting.flag else { return nil }
        switch setting.kind {
        case .choice(let names): return OptionDeclaration(flag, .choice(names), setting.summary)
        case .path: return OptionDeclaration(flag, .path("PATH"), setting.summary)
        case .url: return OptionDeclaration(flag, .text("URL"), setting.summary)
        default: return OptionDeclaration(flag, .text("VALUE"), setting.summary)
        }
    }

    package static let ofConfiguration: [OptionDeclaration] = [config, set] + ofSettings

    /// The setting that a flag sets.
    package static func setting(ofFlag flag: String) -> Setting? {
        SettingTable.settings.first { $0.flag == flag }
    }

    /// What `verb` takes besides its own options; where a setting's flag has the name of one of those, the
    /// verb's own is meant, and the setting is reached with --set.
    package static func common(of verb: any Verb) -> [OptionDeclaration] {
        let own = Set(verb.options.map(\.name))
        return (verb.readsConfiguration ? ofConfiguration.filter { !own.contains($0.name) } : []) + [help]
    }

    /// All options that `verb` takes.
    package static func all(of verb: any Verb) -> [OptionDeclaration] {
        verb.options + common(of: verb)
    }
}
