import Market
import Network
import Synchronization

/// The exchange's time now, for all threads: our monotonic clock plus the offset that the messages tell.
///
/// It never runs back, whatever our wall clock does, unless the messages of a whole window say that it was
/// wrong by more than `backwardsMin`: otherwise one message from the future would stop the market's time.
package final class ExchangeTime: Sendable {
    package static let backwardsMin: Int64 = 300_000_000

    private struct State {
        var offset: Int64?
        var floor = Instant(microseconds: .min)
    }

    private let state = Mutex(State())

    package init() {}

    /// From the thread that reads the messages.
    package func set(offsetMicroseconds: Int64?) {
        if let offsetMicroseconds { state.withLock { $0.offset = offsetMicroseconds } }
    }

    /// `wall` stands in until a message has told the time.
    package func now(monotonicNanoseconds: Int64, wall: Instant) -> Instant {
        state.withLock { state in
            guard let offset = state.offset else { return wall }
            let time = Instant(microseconds: monotonicNanoseconds / 1_000 &+ offset)
            if time > state.floor || state.floor.microseconds(since: time) > Self.backwardsMin {
                state.floor = time
            }
            return state.floor
        }
    }

    /// The exchange's time at a moment of our clock; nil until a message has told it. Our wall clock, which may
    /// be wrong, does not stand in here.
    package func at(monotonicNanoseconds: Int64) -> Instant? {
        state.withLock { state in
            state.offset.map { Instant(microseconds: monotonicNanoseconds / 1_000 &+ $0) }
        }
    }

    package var now: Instant {
        now(
            monotonicNanoseconds: Monotonic.nanoseconds(),
            wall: Instant(microseconds: WallClock.unixMicroseconds()))
    }
}
