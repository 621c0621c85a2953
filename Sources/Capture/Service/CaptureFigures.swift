import Synchronization

/// What the capture did so far: for the status line, metrics and tests.
package struct CaptureFigures: Sendable, Equatable {
    package var commits = 0
    package var frames = 0
    package var trades = 0
    package var tickers = 0
    package var orderBooks = 0
    /// Copies that were left out in memory, and rows that were stored already.
    package var copies = 0
    package var duplicates = 0
    package var quarantined = 0
    package var failures = 0
    /// The database has every frame up to this one.
    package var position: UInt64 = 0
    /// Whether rows go into the database now.
    package var isStoring = false
    /// From the receipt of a batch's newest frame to its commit.
    package var lag = LagHistogram()

    package init() {}

    package var rows: Int { trades + tickers + orderBooks }
}

/// The figures, for all threads.
package final class CaptureFiguresBox: Sendable {
    private let state = Mutex(CaptureFigures())

    package init() {}

    package var value: CaptureFigures { state.withLock { $0 } }

    package func update(_ body: (inout CaptureFigures) -> Void) { state.withLock { body(&$0) } }
}
