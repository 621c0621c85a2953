import Diagnostics

/// A setting's value after parsing.
package enum SettingValue: Sendable, Equatable {
    /// Nothing was set, and that has a meaning of its own.
    case unset
    case text(String)
    case boolean(Bool)
    case integer(Int)
    case milliseconds(Int)
    case bytes(Int)
    case list([String])

    /// As a person would write it; secrets stand in the clear.
    package var written: String {
        switch self {
        case .unset: ""
        case .text(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .milliseconds(let value): SettingUnits.duration(value)
        case .bytes(let value): SettingUnits.bytes(value)
        case .list(let texts): texts.joined(separator: ", ")
        }
    }

    /// As `config show` prints it: no secret, no password inside a URL.
    package func shown(of kind: SettingKind) -> String {
        if self == .unset { return "" }
        if kind == .secret { return SecretRedactor.mark }
        return ControlCharacters.escaped(SecretRedactor().redacted(written))
    }

    /// The same for a program: numbers and truth values as themselves, nothing as null.
    package func json(of kind: SettingKind) -> String {
        switch self {
        case .unset: "null"
        case .boolean, .integer: written
        case .list(let texts):
            "[" + texts.map { JSONText.quoted(SecretRedactor().redacted($0)) }.joined(separator: ",") + "]"
        default:
            JSONText.quoted(kind == .secret ? SecretRedactor.mark : SecretRedactor().redacted(written))
        }
    }
}
