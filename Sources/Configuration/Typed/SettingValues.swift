/// Values by key and type. A key or type that the table does not have is an error, never a silent nothing.
struct SettingValues {
    private let values: [String: SettingValue]

    init(_ settings: [ResolvedSetting]) {
        values = Dictionary(settings.map { ($0.setting.key, $0.value) }) { first, _ in first }
    }

    func text(_ key: String) throws(ConfigurationError) -> String {
        guard case .text(let text) = values[key] else { throw missing(key) }
        return text
    }

    func optionalText(_ key: String) throws(ConfigurationError) -> String? {
        values[key] == .unset ? nil : try text(key)
    }

    func integer(_ key: String) throws(ConfigurationError) -> Int {
        guard case .integer(let value) = values[key] else { throw missing(key) }
        return value
    }

    func milliseconds(_ key: String) throws(ConfigurationError) -> Int {
        guard case .milliseconds(let value) = values[key] else { throw missing(key) }
        return value
    }

    func list(_ key: String) throws(ConfigurationError) -> [String] {
        guard case .list(let texts) = values[key] else { throw missing(key) }
        return texts
    }

    func boolean(_ key: String) throws(ConfigurationError) -> Bool {
        guard case .boolean(let value) = values[key] else { throw missing(key) }
        return value
    }

    /// A choice among numbers.
    func integerChoice(_ key: String) throws(ConfigurationError) -> Int {
        guard let value = Int(try text(key)) else { throw missing(key) }
        return value
    }

    func bytes(_ key: String) throws(ConfigurationError) -> Int {
        guard case .bytes(let value) = values[key] else { throw missing(key) }
        return value
    }

    func choice<Choice: RawRepresentable>(_ key: String) throws(ConfigurationError) -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(key)) else { throw missing(key) }
        return choice
    }

    private func missing(_ key: String) -> ConfigurationError {
        ConfigurationError([
            ConfigurationMistake(
                "the setting has no value of the type that is asked for", place: key,
                remedy: "This is a fault of the program: report it.")
        ])
    }
}
