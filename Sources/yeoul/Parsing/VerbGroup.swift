/// A verb that only leads to others: `yeoul db …`.
package struct VerbGroup: Verb {
    package let name: String
    package let summary: String
    package let subverbs: [any Verb]

    package init(_ name: String, _ summary: String, _ subverbs: [any Verb]) {
        self.name = name
        self.summary = summary
        self.subverbs = subverbs
    }

    package var examples: [Example] { subverbs.compactMap(\.examples.first) }

    package func run(_ invocation: Invocation) async throws {
        throw UsageError("\"\(name)\" needs a subverb", path: [name])
    }
}
