import Diagnostics

/// Why a YAML text, or the file that holds it, was refused.
package struct YAMLError: ExplainedError, Equatable {
    package enum Code: Sendable {
        /// The file cannot be read.
        case file
        /// The text is not YAML.
        case syntax
        /// The text is YAML of a kind that is not read here: aliases, tags, several documents.
        case unsupported
        /// A key stands twice in one mapping.
        case duplicateKey
        /// The text is larger or deeper than its bound.
        case limit
        /// The document is sound, but a value is not what its reader takes.
        case value
    }

    package let code: Code
    package let what: String
    package let file: String
    package let position: YAMLPosition?
    package let remedy: String?

    package init(
        _ code: Code, _ what: String, file: String, position: YAMLPosition? = nil, remedy: String? = nil
    ) {
        self.code = code
        self.what = what
        self.file = file
        self.position = position
        self.remedy = remedy
    }

    package var place: String? {
        guard let position else { return file }
        return "\(file):\(position.line):\(position.column)"
    }
}
