/// One thing to log, already free of secrets and cut to its bounds.
package struct LogEntry: Sendable {
    /// Longer messages and values are cut and end in `…`.
    package static let messageCharactersMax = 2_000
    package static let valueCharactersMax = 500
    /// Further pairs are counted under the key `omitted`.
    package static let pairsMax = 24

    package let microsecondsSince1970: Int64
    package let level: LogLevel
    package let component: String
    package let message: String
    package let context: [(key: String, value: String)]

    package init(
        microsecondsSince1970: Int64, level: LogLevel, component: String, message: String,
        context: KeyValuePairs<String, String>, redactor: SecretRedactor
    ) {
        self.microsecondsSince1970 = microsecondsSince1970
        self.level = level
        self.component = component
        // Secrets go before the cut: half a secret is not found again.
        self.message = Self.cut(redactor.redacted(message), Self.messageCharactersMax)
        var pairs: [(key: String, value: String)] = []
        for (key, value) in context.prefix(Self.pairsMax) {
            let shown =
                SecretRedactor.isSecretName(key) && !value.isEmpty
                ? SecretRedactor.mark : redactor.redacted(value)
            pairs.append((Self.cut(key, 100), Self.cut(shown, Self.valueCharactersMax)))
        }
        if context.count > Self.pairsMax {
            pairs.append(("omitted", String(context.count - Self.pairsMax)))
        }
        self.context = pairs
    }

    private static func cut(_ text: String, _ charactersMax: Int) -> String {
        // Scalars, since a hostile character may be built of any number of them.
        guard text.unicodeScalars.count > charactersMax else { return text }
        return String(text.unicodeScalars.prefix(charactersMax)) + "…"
    }
}
