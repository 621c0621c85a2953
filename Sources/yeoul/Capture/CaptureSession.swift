import Capture
import Diagnostics
import Journal

/// A capture in the foreground: one calm line on a terminal, an entry a minute elsewhere, until a signal.
struct CaptureSession {
    private static let logSeconds = 60

    let service: CaptureService
    let role: CaptureRole
    let logger: Logger
    let output: Output

    /// Throws when the database turns out to be for something else. Ends the capture in any case.
    func run(until interruption: Interruption, seconds: Int?) async throws {
        do {
            try await watch(until: interruption, seconds: seconds)
        } catch {
            await end()
            throw error
        }
        await end()
    }

    private func watch(until interruption: Interruption, seconds: Int?) async throws {
        let display = output.isTerminal ? try LiveDisplay(output) { [role] in role.live.text } : nil
        defer { display?.stop() }
        var second = 0
        while !interruption.isInterrupted, seconds.map({ second < $0 }) ?? true {
            await interruption.wait(seconds: 1)
            second += 1
            try service.check()
            await role.look()
            if !output.isTerminal, second % Self.logSeconds == 0 { logger.info(role.live.text) }
        }
    }

    private func end() async {
        role.drain()
        await service.stop()
        role.stop()
    }

    /// What was done, after the end.
    static func sayEnd(_ service: CaptureService, _ output: Output) throws {
        let figures = service.figures
        let journal = service.journalFigures
        let left = CaptureSample.framesWaiting(figures, journal)
        try output.line(
            "Stored \(figures.trades) trades, \(figures.tickers) tickers and \(figures.orderBooks) order books "
                + "in \(figures.commits) commits; \(figures.quarantined) in quarantine; "
                + (left == 0 ? "nothing is left in the journal." : "\(left) frames wait in the journal."))
    }
}
