import Configuration

/// What was typed, checked against the declarations of a verb.
package struct ParsedArguments: Sendable, Equatable {
    package var path: [String] = []
    package var options: [String: [String]] = [:]
    package var positionals: [String] = []
    package var configurationFile: String?
    package var settings: [FlagAssignment] = []
}
