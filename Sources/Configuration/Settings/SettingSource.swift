/// Who set a value.
package enum SettingSource: Sendable, Equatable {
    case standard
    case file(path: String, line: Int)
    /// `place` is set when the variable comes from `.env`.
    case environment(name: String, place: String?)
    case flag(String)

    /// As `config show` prints it.
    package var shown: String {
        switch self {
        case .standard: "default"
        case .file(let path, let line): "\(path):\(line)"
        case .environment(let name, let place): place.map { "\($0) (\(name))" } ?? "environment \(name)"
        case .flag(let name): "flag \(name)"
        }
    }

    /// One word for programs.
    package var kind: String {
        switch self {
        case .standard: "default"
        case .file: "file"
        case .environment: "environment"
        case .flag: "flag"
        }
    }
}
