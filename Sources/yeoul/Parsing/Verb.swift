/// A verb of the command line. Its help, its parsing and its completion are made from these values.
///
/// A new verb is one file in `Verbs/` and one line in `VerbTable` (or in the `subverbs` of its group).
package protocol Verb: Sendable {
    var name: String { get }
    /// One line without a full stop.
    var summary: String { get }
    /// Further paragraphs of the help.
    var details: String { get }
    /// At least one; tests parse them.
    var examples: [Example] { get }
    var options: [OptionDeclaration] { get }
    var positionals: [PositionalDeclaration] { get }
    var subverbs: [any Verb] { get }
    /// Whether the verb reads the configuration, so takes `--config`, `--set` and their like.
    var readsConfiguration: Bool { get }

    /// Not called for a verb with subverbs.
    func run(_ invocation: Invocation) async throws
}

extension Verb {
    package var details: String { "" }
    package var options: [OptionDeclaration] { [] }
    package var positionals: [PositionalDeclaration] { [] }
    package var subverbs: [any Verb] { [] }
    package var readsConfiguration: Bool { true }
}
