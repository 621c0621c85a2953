/// What one layer says about one key, not yet parsed.
struct Assignment {
    enum Content: Equatable {
        case text(String)
        case list([String])
    }

    let key: String
    let content: Content
    let source: SettingSource
}
