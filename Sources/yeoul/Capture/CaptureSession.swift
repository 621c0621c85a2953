import Capture
import Diagnostics
import Glibc
import Journal

/// A capture in the foreground: one calm line on a terminal, an entry a minute elsewhere, until a signal.
struct CaptureSession {
    private static let logSeconds = 60

    let service: CaptureService
    let logger: Logger
    let output: Output

    /// Throws when the database turns out to be for something else.
    func run(until interruption: Interruption, seconds: Int?) async throws {
        var line = StatusLine()
        var second = 0
        while !interruption.isInterrupted, seconds.map({ second < $0 }) ?? true {
            await interruption.wait(seconds: 1)
            second += 1
            try service.check()
            let text = line.next(service.figures, service.journalFigures)
            if output.isTerminal {
                try output.write("\r\u{1B}[K" + text)
            } else if second % Self.logSeconds == 0 {
                logger.info(text)
            }
        }
        if output.isTerminal { try output.line() }
    }

    /// What was done, after the end.
    static func sayEnd(_ service: CaptureService, _ output: Output) throws {
        let figures = service.figures
        let journal = service.journalFigures
        let left = journal.lastSequence > figures.position ? journal.lastSequence - figures.position : 0
        try output.line(
            "Stored \(figures.trades) trades, \(figures.tickers) tickers and \(figures.orderBooks) order books "
                + "in \(figures.commits) commits; \(figures.quarantined) in quarantine; "
                + (left == 0 ? "nothing is left in the journal." : "\(left) frames wait in the journal."))
    }
}

/// The capture in one line, second by second.
struct StatusLine {
    private var last = CaptureFigures()

    mutating func next(_ figures: CaptureFigures, _ journal: JournalFigures) -> String {
        let rows = figures.trades - last.trades
        let waiting = journal.lastSequence > figures.position ? journal.lastSequence - figures.position : 0
        let lag = figures.lag.microseconds(atShare: 0.99).map { " · lag p99 \(Self.shown($0))" } ?? ""
        defer { last = figures }
        let state = figures.isStoring ? "" : " · the database is away, the journal keeps it"
        return "\(Self.grouped(rows)) trades/s · \(Self.grouped(figures.rows)) rows stored\(lag)"
            + (waiting > 1_000 ? " · \(Self.grouped(Int(waiting))) frames wait" : "")
            + (figures.quarantined > 0 ? " · \(figures.quarantined) in quarantine" : "") + state
    }

    /// `12,345`
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    static func shown(_ microseconds: Int64) -> String {
        if microseconds < 10_000 { return "\(microseconds / 1_000).\(microseconds / 100 % 10) ms" }
        if microseconds < 10_000_000 { return "\(microseconds / 1_000) ms" }
        return "\(microseconds / 1_000_000) s"
    }
}
