/// One value as it is written. Its meaning (number, duration, text) is for the reader to say, so that
/// `no`, `1_000` and `010` never become something that nobody wrote.
package struct YAMLScalar: Sendable, Hashable {
    package enum Style: Sendable {
        case plain
        case singleQuoted
        case doubleQuoted
        /// `|`
        case literal
        /// `>`
        case folded
    }

    package let text: String
    package let style: Style

    package init(_ text: String, style: Style = .plain) {
        self.text = text
        self.style = style
    }

    /// Nothing was written, or one of YAML's words for nothing, without quotes.
    package var isNull: Bool {
        guard style == .plain else { return false }
        return switch text {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }
}
