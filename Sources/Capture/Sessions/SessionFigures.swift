/// A connection's figures for metrics and `status`.
package struct SessionFigures: Sendable, Equatable {
    package let index: Int
    package let state: SessionState
    package let attempt: Int
    package let marketsCount: Int
    package let tally: SessionTally
    /// Since anything came, and since market data came; nil when the connection is not open, or none came.
    package let silenceMilliseconds: Int64?
    package let dataAgeMilliseconds: Int64?
    /// Markets and channels that the exchange refuses.
    package let refusedCount: Int
    /// We do not read, since the journal has no room.
    package let isPaused: Bool

    init(_ machine: SessionMachine, _ tally: SessionTally, index: Int, at now: Int64) {
        self.index = index
        self.tally = tally
        state = machine.state
        attempt = machine.attempt
        marketsCount = Set(machine.items.map(\.symbol)).count
        silenceMilliseconds = machine.isConnected ? now - machine.watch.lastFrameAt : nil
        dataAgeMilliseconds = machine.isConnected ? machine.watch.lastDataAt.map { now - $0 } : nil
        refusedCount = machine.refused.count
        isPaused = machine.isPaused
    }
}
