/// A command that works as it stands, and what it does.
package struct Example: Sendable, Equatable {
    package let command: String
    package let meaning: String

    package init(_ command: String, _ meaning: String) {
        self.command = command
        self.meaning = meaning
    }
}
