import Diagnostics
import Glibc
import YAML

/// Reads all layers and checks them as a whole: defaults < file < environment < flags.
package struct ConfigurationLoader {
    private let table: [Setting]
    private let inputs: ConfigurationInputs
    private var mistakes: [ConfigurationMistake] = []

    private init(_ inputs: ConfigurationInputs, table: [Setting]) {
        self.inputs = inputs
        self.table = table
    }

    package static func load(
        _ inputs: ConfigurationInputs, table: [Setting] = SettingTable.settings
    ) throws(ConfigurationError) -> ResolvedConfiguration {
        var loader = ConfigurationLoader(inputs, table: table)
        return try loader.load()
    }

    private mutating func load() throws(ConfigurationError) -> ResolvedConfiguration {
        let variables = EnvironmentVariables(environment: inputs.environment, dotEnv: readDotEnv())
        let file = findFile(variables)
        var assignments: [Assignment] = []
        if let file { assignments += readFile(file) }
        let environment = EnvironmentLayer(variables, table: table)
        let flags = FlagLayer(inputs.flags, table: table)
        assignments += environment.assignments + flags.assignments
        mistakes += environment.mistakes + flags.mistakes
        let settings = resolve(assignments)
        checkTogether(settings)
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes) }
        return ResolvedConfiguration(settings: settings, file: file?.path)
    }

    private mutating func readDotEnv() -> DotEnv? {
        let path = absolute(".env")
        guard access(path, F_OK) == 0 else { return nil }
        do {
            let file = DotEnv(parsing: try TextFile.read(path, bytesMax: DotEnv.bytesMax), file: ".env")
            mistakes += file.mistakes
            return file
        } catch {
            mistakes.append(ConfigurationMistake(error))
            return nil
        }
    }

    /// The file and the words that error messages name it by. One that was asked for must exist.
    private func findFile(_ variables: EnvironmentVariables) -> (path: String, shown: String)? {
        if let named = inputs.file ?? variables["YEOUL_CONFIG"]?.value { return (absolute(named), named) }
        for candidate in inputs.searchedFiles where access(absolute(candidate), F_OK) == 0 {
            return (absolute(candidate), candidate)
        }
        return nil
    }

    private mutating func readFile(_ file: (path: String, shown: String)) -> [Assignment] {
        do {
            let bytes = try TextFile.read(file.path, bytesMax: YAMLLimits.standard.bytesMax)
            let layer = FileLayer(try YAMLDocument(parsing: bytes, file: file.shown), table: table)
            mistakes += layer.mistakes
            return layer.assignments
        } catch {
            mistakes.append(ConfigurationMistake(error))
            return []
        }
    }

    /// Every assignment is checked, also one that a later layer overrides: it is a trap for the next start.
    private mutating func resolve(_ assignments: [Assignment]) -> [ResolvedSetting] {
        let parser = SettingParser(workingFolder: inputs.workingFolder, homeFolder: inputs.homeFolder)
        var values: [String: (SettingValue, SettingSource)] = [:]
        for assignment in assignments {
            guard let setting = table.first(where: { $0.key == assignment.key }) else { continue }
            do {
                switch assignment.content {
                case .text(let text):
                    values[setting.key] = (try parser.parse(text, as: setting.kind), assignment.source)
                case .list(let texts):
                    values[setting.key] = (try parser.list(texts), assignment.source)
                }
            } catch {
                mistakes.append(
                    ConfigurationMistake(
                        "\(setting.key): \(error.what)", place: assignment.source.shown, remedy: error.remedy)
                )
            }
        }
        return table.map { setting in
            let (value, source) = values[setting.key] ?? (standardValue(setting, parser), .standard)
            return ResolvedSetting(setting: setting, value: value, source: source)
        }
    }

    private mutating func standardValue(_ setting: Setting, _ parser: SettingParser) -> SettingValue {
        switch setting.standard {
        case .unset:
            return .unset
        case .dataFolder:
            if let folder = standardDataFolder() { return .text(folder) }
            if !inputs.flags.contains(where: { $0.key == setting.key }) {
                mistakes.append(
                    ConfigurationMistake(
                        "no home folder is known to keep data in", place: setting.key,
                        remedy: "Set \(setting.key), or the variable HOME."))
            }
            return .unset
        case .written(let text):
            do {
                return try parser.parse(text, as: setting.kind)
            } catch {
                mistakes.append(
                    ConfigurationMistake(
                        "\(setting.key): \(error.what)", place: "default", remedy: error.remedy))
                return .unset
            }
        }
    }

    private func standardDataFolder() -> String? {
        if inputs.isRoot { return "/var/lib/yeoul" }
        // The XDG rules: a relative folder there is to be ignored.
        if let folder = inputs.environment["XDG_DATA_HOME"], folder.hasPrefix("/") {
            return folder + "/yeoul"
        }
        return inputs.homeFolder.map { $0 + "/.local/share/yeoul" }
    }

    private mutating func checkTogether(_ settings: [ResolvedSetting]) {
        let direct = settings.first { $0.setting.key == "database.direct_url" }
        let url = settings.first { $0.setting.key == "database.url" }
        if let direct, direct.value != .unset, url?.value == .unset {
            mistakes.append(
                ConfigurationMistake(
                    "database.direct_url is set, database.url is not", place: direct.source.shown,
                    remedy: "Set database.url too; for a server without a pooler it is the only one needed."))
        }
        let budget = settings.first { $0.setting.key == "exchange.rate_budget" }
        if let budget, budget.value == .text("database"), url?.value == .unset {
            mistakes.append(
                ConfigurationMistake(
                    "exchange.rate_budget is database, database.url is not set", place: budget.source.shown,
                    remedy: "Set database.url, or leave it at host: nobody else reaches the private server."))
        }
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : inputs.workingFolder + "/" + path
    }
}
