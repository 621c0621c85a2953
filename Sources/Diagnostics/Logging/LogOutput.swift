import Glibc
import Synchronization

/// Where all loggers of a process write: the level, the format, the secrets, the descriptor.
package final class LogOutput: Sendable {
    package let level: LogLevel
    /// `text` or `json`: `auto` is decided when this is made.
    package let format: LogFormat
    private let isTerminal: Bool
    private let colour: Bool
    private let writer: LogWriter
    private let redactor: Mutex<SecretRedactor>
    private let now: @Sendable () -> Int64

    /// `colour` is honoured on a terminal only. `now` is in microseconds since 1970.
    package init(
        level: LogLevel = .info, format: LogFormat = .auto, colour: Bool = true, descriptor: Int32 = 2,
        secrets: [String] = [], now: @escaping @Sendable () -> Int64 = LogOutput.systemNow
    ) {
        isTerminal = isatty(descriptor) == 1
        self.level = level
        self.format = format == .auto ? (isTerminal ? .text : .json) : format
        self.colour = colour && isTerminal
        self.now = now
        writer = LogWriter(descriptor: descriptor)
        redactor = Mutex(SecretRedactor(secrets: secrets))
    }

    package static let systemNow: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// From now on this value never appears in the log.
    package func hide(_ secret: String) {
        redactor.withLock { $0.add(secret) }
    }

    func log(
        _ level: LogLevel, _ component: String, _ message: String, _ context: KeyValuePairs<String, String>
    ) {
        let redactor = redactor.withLock { $0 }
        let time = now()
        let line = line(
            LogEntry(
                microsecondsSince1970: time, level: level, component: component, message: message,
                context: context, redactor: redactor))
        writer.write(line) { dropped in
            self.line(
                LogEntry(
                    microsecondsSince1970: time, level: .warning, component: "log",
                    message: "entries are missing here: the reader of the log did not read",
                    context: ["dropped": String(dropped)], redactor: redactor))
        }
    }

    private func line(_ entry: LogEntry) -> String {
        let line =
            format == .json ? LogFormatter.json(entry) : LogFormatter.text(entry, colour: colour)
        // A terminal may show a longer line here that is drawn over and over: nothing of it stays.
        return isTerminal ? line.dropLast() + "\u{1B}[K\n" : line
    }
}
