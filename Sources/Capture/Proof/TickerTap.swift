import Market
import Synchronization

/// Where the decoding thread leaves ticker messages for the proof. Never waits for longer than a comparison
/// in memory.
package final class TickerTap: Sendable {
    private let state: Mutex<StreamProof>

    package init(_ settings: StreamProof.Settings = StreamProof.Settings()) {
        state = Mutex(StreamProof(settings))
    }

    /// A ticker as it was received, at a moment of the monotonic clock.
    package func take(_ ticker: Ticker, at milliseconds: Int64) {
        state.withLock { $0.take(ticker, at: milliseconds) }
    }

    package func with<Result: Sendable>(_ body: (inout sending StreamProof) -> sending Result) -> Result {
        state.withLock(body)
    }
}
