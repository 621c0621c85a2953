/// An option of a verb.
package struct OptionDeclaration: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        /// No value: present or not.
        case none
        /// Anything; the word stands in the help as `--name WORD`.
        case text(String)
        /// A file or folder, which completion offers.
        case path(String)
        case integer(ClosedRange<Int>)
        case choice([String])
    }

    /// Without dashes.
    package let name: String
    package let value: Value
    package let isRepeatable: Bool
    package let summary: String

    package init(_ name: String, _ value: Value, isRepeatable: Bool = false, _ summary: String) {
        self.name = name
        self.value = value
        self.isRepeatable = isRepeatable
        self.summary = summary
    }

    /// An option without a value.
    package init(_ name: String, _ summary: String) {
        self.init(name, .none, summary)
    }

    /// For verbs that a program may read.
    package static let json = OptionDeclaration("json", "Print JSON")

    /// `--name WORD`
    package var shown: String {
        switch value {
        case .none: "--\(name)"
        case .text(let word), .path(let word): "--\(name) \(word)"
        case .integer: "--\(name) N"
        case .choice(let names): "--\(name) \(names.joined(separator: "|"))"
        }
    }
}
