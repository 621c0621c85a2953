import Configuration
import Diagnostics

/// What a verb runs with: its arguments, the configuration, and where to print.
package struct Invocation: Sendable {
    package let arguments: ParsedArguments
    package let environment: [String: String]
    package let output: Output

    package init(arguments: ParsedArguments, environment: [String: String], output: Output) {
        self.arguments = arguments
        self.environment = environment
        self.output = output
    }

    /// Whether `--name` was given.
    package func has(_ name: String) -> Bool { arguments.options[name] != nil }

    package var wantsJSON: Bool { has(OptionDeclaration.json.name) }

    /// The value of `--name`.
    package func text(_ name: String) -> String? { arguments.options[name]?.last }

    /// All values of a repeatable `--name`.
    package func texts(_ name: String) -> [String] { arguments.options[name] ?? [] }

    /// The value of a `--name` that was declared as an integer; its range was checked.
    package func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    /// The arguments without dashes.
    package var positionals: [String] { arguments.positionals }

    /// All settings with their sources.
    package func resolvedConfiguration() throws(ConfigurationError) -> ResolvedConfiguration {
        try ConfigurationLoader.load(
            .ofProcess(
                file: arguments.configurationFile, flags: arguments.settings, environment: environment))
    }

    /// The settings by name and type.
    package func configuration() throws(ConfigurationError) -> Configuration {
        try resolvedConfiguration().typed()
    }

    /// The same for a verb that is looked at by a person: warnings and worse only, unless the settings ask for
    /// less than information.
    package func quietLogger(
        _ component: String, _ resolved: ResolvedConfiguration
    ) throws(ConfigurationError) -> Logger {
        let log = try resolved.typed().log
        return Logger(
            component: component,
            output: LogOutput(
                level: log.level == .info ? .warning : log.level, format: log.format, colour: false,
                secrets: resolved.secrets))
    }

    /// A logger to standard error as the settings want it; it knows their secrets.
    package func logger(
        _ component: String, _ resolved: ResolvedConfiguration
    ) throws(ConfigurationError) -> Logger {
        Logger(component: component, output: try logOutput(resolved))
    }

    package func logOutput(_ resolved: ResolvedConfiguration) throws(ConfigurationError) -> LogOutput {
        let log = try resolved.typed().log
        let refusesColour = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return LogOutput(
            level: log.level, format: log.format, colour: !refusesColour, secrets: resolved.secrets)
    }
}
