/// What a setting is when nobody sets it.
package enum SettingDefault: Sendable, Equatable {
    /// As it would be written.
    case written(String)
    /// Nothing; the words say what that means.
    case unset(meaning: String)
    /// The data folder, which depends on the account.
    case dataFolder

    /// As the reference prints it.
    package var shown: String {
        switch self {
        case .written(let text): text
        case .unset(let meaning): meaning
        case .dataFolder: "/var/lib/yeoul as root, else $XDG_DATA_HOME/yeoul or ~/.local/share/yeoul"
        }
    }
}
