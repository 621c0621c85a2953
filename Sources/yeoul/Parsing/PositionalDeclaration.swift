/// An argument of a verb that stands without a dash.
package struct PositionalDeclaration: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text
        /// A file or folder, which completion offers.
        case path
        case choice([String])
    }

    package let name: String
    package let value: Value
    package let isRequired: Bool
    /// Takes all that follow; only the last one of a verb.
    package let isRepeatable: Bool
    package let summary: String

    package init(
        _ name: String, _ value: Value = .text, isRequired: Bool = true, isRepeatable: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.value = value
        self.isRequired = isRequired
        self.isRepeatable = isRepeatable
        self.summary = summary
    }

    /// `NAME`, `[NAME]`, `[NAME…]`
    package var shown: String {
        let word = name.uppercased() + (isRepeatable ? "…" : "")
        return isRequired ? word : "[\(word)]"
    }
}
