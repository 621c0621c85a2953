import Diagnostics
import Glibc
import TestKit
import Testing

@Suite struct LoggerTests {
    private final class Pipe {
        let reading: Int32
        let writing: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
            _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        }

        deinit {
            close(reading)
            close(writing)
        }

        func drain() -> String {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while case let count = read(reading, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private func logger(_ pipe: Pipe, level: LogLevel = .info, format: LogFormat = .json) -> Logger {
        let output = LogOutput(
            level: level, format: format, descriptor: pipe.writing, secrets: ["hunter2hunter2"],
            now: { 1_795_235_400_123_456 })
        return Logger(component: "database", output: output)
    }

    @Test func writesOneJSONObjectALine() throws {
        let pipe = try Pipe()
        logger(pipe).info("connected \"now\"", ["server": "15.20", "note": "a\nb"])
        #expect(
            pipe.drain()
                == #"{"time":"2026-11-21T04:30:00.123Z","level":"info","component":"database","#
                + #""message":"connected \"now\"","context":{"server":"15.20","note":"a\nb"}}"# + "\n")
    }

    @Test func writesOneReadableLine() throws {
        let pipe = try Pipe()
        logger(pipe, format: .text).warning("slow", ["for": "3 s", "table": "trades"])
        #expect(
            pipe.drain()
                == "2026-11-21T04:30:00.123Z warning  database: slow for=\"3 s\" table=trades\n")
    }

    @Test func erasesOnATerminalWhatALongerLineLeft() {
        let shown = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var isLocked: Int32 = 0
        var number: Int32 = -1
        // TIOCSPTLCK and TIOCGPTN, which their headers hide behind a macro.
        #expect(ioctl(shown, 0x4004_5431, &isLocked) == 0 && ioctl(shown, 0x8004_5430, &number) == 0)
        let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        #expect(terminal >= 0)
        defer {
            close(terminal)
            close(shown)
        }
        let output = LogOutput(descriptor: terminal, now: { 0 })
        Logger(component: "a", output: output).info("short")
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = read(shown, &bytes, bytes.count)
        let text = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        #expect(text == "1970-01-01T00:00:00.000Z info     a: short\u{1B}[K\r\n")
    }

    @Test func isJSONWhereNobodyReadsAlong() throws {
        let pipe = try Pipe()
        logger(pipe, format: .auto).info("x")
        #expect(pipe.drain().hasPrefix("{"))
    }

    @Test func leavesOutWhatMattersLess() throws {
        let pipe = try Pipe()
        let logger = logger(pipe, level: .warning)
        logger.debug("no")
        logger.info("no")
        logger.warning("yes")
        logger.critical("yes")
        #expect(pipe.drain().split(separator: "\n").count == 2)
    }

    @Test(arguments: [LogFormat.text, .json])
    func neverShowsASecret(format: LogFormat) throws {
        let pipe = try Pipe()
        let logger = logger(pipe, format: format)
        logger.output.hide("later-secret")
        logger.info(
            "using hunter2hunter2 and postgresql://me:tops3cret@host/db later-secret",
            ["url": "wss://a:tops3cret@b", "api_token": "tops3cret", "header": "Bearer tops3cret"])
        let text = pipe.drain()
        #expect(text.contains("postgresql://me:***@host/db"))
        for secret in ["hunter2hunter2", "tops3cret", "later-secret"] { #expect(!text.contains(secret)) }
    }

    @Test(arguments: [LogFormat.text, .json])
    func hostileTextCannotForgeALine(format: LogFormat) throws {
        let pipe = try Pipe()
        logger(pipe, format: format).error(
            "x\r\n2026 critical \u{1B}[2J\u{2028}\u{85}", ["a\nb": "c\nlevel=critical", "d": "e x=\"y\""])
        let text = pipe.drain()
        #expect(text.unicodeScalars.count { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) } == 1)
        #expect(text.hasSuffix("\n"))
        #expect(!text.contains("\u{2028}"))
    }

    @Test func cutsWhatIsTooLong() throws {
        let pipe = try Pipe()
        logger(pipe).info(String(repeating: "x", count: 100_000), ["v": String(repeating: "y", count: 9_999)])
        let text = pipe.drain()
        #expect(text.utf8.count < 4_000)
        #expect(text.contains("xxx…"))
    }

    @Test func aReaderThatDoesNotReadCostsEntriesButNotTime() throws {
        let pipe = try Pipe()
        let logger = logger(pipe)
        let clock = ContinuousClock()
        let begun = clock.now
        let filler = String(repeating: "f", count: 1_000)
        for number in 0..<1_000 { logger.info("entry \(number) \(filler)") }
        #expect(clock.now - begun < .seconds(3))
        _ = pipe.drain()
        logger.info("after")
        let text = pipe.drain()
        #expect(text.contains("the reader of the log did not read"))
        #expect(text.contains("\"dropped\":\"9"))
        #expect(text.hasSuffix("\"message\":\"after\"}\n"))
    }

    @Test func entriesOfManyThreadsDoNotMix() async throws {
        let pipe = try Pipe()
        let logger = logger(pipe)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<40 { logger.info("same", ["key": "value"]) } }
            }
        }
        let lines = pipe.drain().split(separator: "\n")
        #expect(lines.count == 320)
        #expect(Set(lines).count == 1)
    }

    @Test func knowsTheCalendar() {
        #expect(LogFormatter.time(0) == "1970-01-01T00:00:00.000Z")
        #expect(LogFormatter.time(-1) == "1969-12-31T23:59:59.999Z")
        #expect(LogFormatter.time(951_782_399_999_999) == "2000-02-28T23:59:59.999Z")
        #expect(LogFormatter.time(951_782_400_000_000) == "2000-02-29T00:00:00.000Z")
        #expect(LogFormatter.time(4_107_542_400_000_000) == "2100-03-01T00:00:00.000Z")
    }
}
