/// The variables of the environment, over those of `.env`.
struct EnvironmentVariables {
    private let environment: [String: String]
    private let dotEnv: DotEnv?

    init(environment: [String: String], dotEnv: DotEnv?) {
        self.environment = environment
        self.dotEnv = dotEnv
    }

    /// An empty variable counts as not set: that is how compose files and units leave one out.
    subscript(_ name: String) -> (value: String, place: String?)? {
        if let value = environment[name], !value.isEmpty { return (value, nil) }
        if environment[name] == nil, let entry = dotEnv?.entries[name], !entry.value.isEmpty {
            return (entry.value, dotEnv.map { "\($0.file):\(entry.line)" })
        }
        return nil
    }

    /// All names, sorted.
    var names: [String] {
        Set(environment.keys).union(dotEnv.map { Array($0.entries.keys) } ?? []).sorted()
    }
}
