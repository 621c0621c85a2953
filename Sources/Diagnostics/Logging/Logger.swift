/// What a part of the program logs through: its name, and the output that all parts share.
///
/// Entries are one line each; secrets are hidden before anything is written, and control characters are
/// escaped. Logging never waits longer than `LogWriter.waitMillisecondsMax`.
package struct Logger: Sendable {
    package let component: String
    package let output: LogOutput

    package init(component: String, output: LogOutput) {
        self.component = component
        self.output = output
    }

    /// The same output under another name.
    package func named(_ component: String) -> Logger {
        Logger(component: component, output: output)
    }

    /// The message is made only when the level is logged.
    package func log(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ context: KeyValuePairs<String, String> = [:]
    ) {
        guard level >= output.level else { return }
        output.log(level, component, message(), context)
    }

    package func debug(
        _ message: @autoclosure () -> String, _ context: KeyValuePairs<String, String> = [:]
    ) {
        log(.debug, message(), context)
    }

    package func info(
        _ message: @autoclosure () -> String, _ context: KeyValuePairs<String, String> = [:]
    ) {
        log(.info, message(), context)
    }

    package func warning(
        _ message: @autoclosure () -> String, _ context: KeyValuePairs<String, String> = [:]
    ) {
        log(.warning, message(), context)
    }

    package func error(
        _ message: @autoclosure () -> String, _ context: KeyValuePairs<String, String> = [:]
    ) {
        log(.error, message(), context)
    }

    package func critical(
        _ message: @autoclosure () -> String, _ context: KeyValuePairs<String, String> = [:]
    ) {
        log(.critical, message(), context)
    }

    /// Logs what, where and what to do.
    package func error(_ error: any ExplainedError) {
        log(.error, error.what, ["where": error.place ?? "", "remedy": error.remedy ?? ""])
    }
}
