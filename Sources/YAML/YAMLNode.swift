/// A part of a document with the place where it begins.
package struct YAMLNode: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        case scalar(YAMLScalar)
        /// In the order of the file; keys are unique.
        case mapping([YAMLEntry])
        case sequence([YAMLNode])
    }

    package let content: Content
    package let position: YAMLPosition

    package init(_ content: Content, position: YAMLPosition) {
        self.content = content
        self.position = position
    }

    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    package var entries: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    package var elements: [YAMLNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// Nothing was written here.
    package var isNull: Bool { scalar?.isNull ?? false }

    /// The value of `key`, when this is a mapping that has it.
    package subscript(_ key: String) -> YAMLNode? {
        entries?.first { $0.key == key }?.value
    }

    /// What this is, in the words of an error.
    package var kind: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "nothing" : "a single value"
        case .mapping: "a mapping (key: value)"
        case .sequence: "a list"
        }
    }
}
