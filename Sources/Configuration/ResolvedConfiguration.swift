import Diagnostics

/// All settings with their values and sources, in the order of the table.
package struct ResolvedConfiguration: Sendable {
    package let settings: [ResolvedSetting]
    /// The file that was read.
    package let file: String?

    /// The settings by name and type, for those who obey them.
    package func typed() throws(ConfigurationError) -> Configuration {
        try Configuration(SettingValues(settings))
    }

    /// Values that must never be shown: secrets, and the passwords inside addresses, which the logger
    /// is told about.
    package var secrets: [String] {
        settings.compactMap { resolved in
            guard case .text(let text) = resolved.value else { return nil }
            if resolved.setting.kind == .secret { return text }
            if case .url = resolved.setting.kind { return Self.password(inside: text) }
            return nil
        }
    }

    private static func password(inside url: String) -> String? {
        guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":")
        else { return nil }
        let password = authority[authority.index(after: colon)..<at]
        return password.isEmpty ? nil : String(password)
    }
}
