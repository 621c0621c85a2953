import Configuration
import TestKit
import Testing

/// A working folder of its own, and a load from it.
struct Loading {
    let folder: TemporaryFolder
    var inputs: ConfigurationInputs

    init() throws {
        folder = try TemporaryFolder(named: "yeoul settings")
        inputs = ConfigurationInputs(
            workingFolder: folder.path, isRoot: false, homeFolder: "/home/yeoul")
        inputs.searchedFiles = ["config.yaml", "second.yaml"]
    }

    mutating func write(_ text: String, to name: String = "config.yaml") throws {
        try folder.write(text, to: name)
    }

    func resolved(_ table: [Setting] = SettingTable.settings) throws -> ResolvedConfiguration {
        try ConfigurationLoader.load(inputs, table: table)
    }

    func typed() throws -> Configuration {
        try resolved().typed()
    }

    /// The value and the source as they are shown.
    func shown(_ key: String) throws -> [String] {
        let resolved = try #require(try resolved().settings.first { $0.setting.key == key })
        return [resolved.value.shown(of: resolved.setting.kind), resolved.source.shown]
    }

    func mistakes(_ table: [Setting] = SettingTable.settings) throws -> [ConfigurationMistake] {
        try #require(throws: ConfigurationError.self) { try resolved(table) }.mistakes
    }
}
