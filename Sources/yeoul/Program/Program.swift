import Glibc

/// Parses, runs, reports.
package struct Program: Sendable {
    package let verbs: [any Verb]
    package let environment: [String: String]
    package let output: Output
    package let errors: Output

    package init(
        verbs: [any Verb] = VerbTable.verbs, environment: [String: String], output: Output, errors: Output
    ) {
        self.verbs = verbs
        self.environment = environment
        self.output = output
        self.errors = errors
    }

    package func run(_ arguments: [String]) async -> ExitCode {
        do {
            switch try ArgumentParser.parse(arguments, verbs: verbs) {
            case .help(let path): try output.write(HelpText.text(path: path, verbs: verbs))
            case .version: try output.line(Version.text)
            case .run(let verb, let arguments):
                try await verb.run(Invocation(arguments: arguments, environment: environment, output: output))
            }
            return .done
        } catch is Output.ReaderGone {
            return .done
        } catch {
            // When nobody reads the errors either, the exit code still tells.
            try? errors.write(ErrorReport.text(error, colours: errors.colours))
            return ExitCode(for: error)
        }
    }
}
