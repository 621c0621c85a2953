/// What the command line asks for.
package enum ParsedCommand: Sendable {
    case help(path: [String])
    case version
    case run(any Verb, ParsedArguments)
}
