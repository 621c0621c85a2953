/// One setting: all that parsing, checking, `config show` and the reference need to know of it.
package struct Setting: Sendable {
    /// `section.name`, as in the file.
    package let key: String
    package let kind: SettingKind
    package let standard: SettingDefault
    /// Names of environment variables besides `YEOUL__SECTION__NAME`.
    package let environment: [String]
    /// The flag of its own, without dashes.
    package let flag: String?
    /// One sentence without a full stop.
    package let summary: String

    package init(
        _ key: String, _ kind: SettingKind, _ standard: SettingDefault, environment: [String] = [],
        flag: String? = nil, _ summary: String
    ) {
        self.key = key
        self.kind = kind
        self.standard = standard
        self.environment = environment
        self.flag = flag
        self.summary = summary
    }

    /// `YEOUL__DATABASE__POOL__SIZE`
    package var generalEnvironmentName: String {
        "YEOUL__" + key.split(separator: ".").joined(separator: "__").uppercased()
    }
}
