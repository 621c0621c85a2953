import Glibc
import Network
import Synchronization

/// Draws a line on a terminal each second, on a thread of its own: a terminal that takes nothing (Ctrl-S)
/// holds up nobody else.
final class LiveDisplay: Sendable {
    private static let pauseMilliseconds: Int64 = 100
    /// How long the end waits for a terminal.
    private static let endMillisecondsMax: Int64 = 500

    private let isStopping = Atomic(false)
    private let isEnded = Atomic(false)

    /// `text` is asked each second, also where nothing is drawn.
    init(_ output: Output, text: @escaping @Sendable () -> String) throws {
        try DedicatedThread(named: "yeoul-line") { [self] in
            var line = TerminalLine(output)
            var askedAt: Int64?
            while !isStopping.load(ordering: .acquiring) {
                let now = Monotonic.milliseconds()
                if askedAt.map({ now - $0 >= TerminalLine.everyMilliseconds }) ?? true {
                    askedAt = now
                    let shown = text()
                    // A reader that went away is no reason to end what runs.
                    try? line.draw(shown, now: now)
                }
                Self.pause()
            }
            try? line.end()
            isEnded.store(true, ordering: .releasing)
        }.detach()
    }

    /// Nothing is drawn any more when it returns, unless the terminal takes nothing.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        let deadline = Monotonic.milliseconds() + Self.endMillisecondsMax
        while !isEnded.load(ordering: .acquiring), Monotonic.milliseconds() < deadline { Self.pause() }
    }

    private static func pause() { usleep(UInt32(pauseMilliseconds) * 1_000) }
}
