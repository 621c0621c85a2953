import Capture
import Market
import Testing

@Suite struct ExchangeClockTests {
    private let second: Int64 = 1_000_000_000
    private let base = Instant(microseconds: 1_787_728_554_000_000)

    /// The exchange's time when our monotonic clock shows so many seconds.
    private func time(_ seconds: Double) -> Instant { base.adding(microseconds: Int64(seconds * 1e6)) }

    @Test func theSmallestRecentOffsetCounts() {
        var clock = ExchangeClock()
        #expect(!clock.isSet)
        // Received 40, 90 and 20 ms after they were made.
        for (at, delay) in [(1.0, 0.04), (2.0, 0.09), (3.0, 0.02)] {
            clock.observe(time(at - delay), receivedNanoseconds: Int64(at * 1e9))
        }
        #expect(clock.offsetMicroseconds == base.microseconds - 90_000)
        // A minute later the slow one is forgotten.
        for at in stride(from: 4.0, through: 63, by: 1) {
            clock.observe(time(at - 0.03), receivedNanoseconds: Int64(at * 1e9))
        }
        #expect(clock.offsetMicroseconds == base.microseconds - 30_000)
    }

    @Test func lateMessagesAndABacklogSayNothing() {
        var clock = ExchangeClock()
        clock.observe(time(100), receivedNanoseconds: 100 * second)
        clock.observe(time(40), receivedNanoseconds: 101 * second)
        #expect(clock.offsetMicroseconds == base.microseconds)
        // Read again from the journal: received long ago.
        clock.observe(time(10), receivedNanoseconds: 20 * second)
        #expect(clock.offsetMicroseconds == base.microseconds)
        // But when everything is late, that is how it is.
        for at in 112...130 { clock.observe(time(Double(at) - 60), receivedNanoseconds: Int64(at) * second) }
        #expect(clock.offsetMicroseconds == base.microseconds - 60_000_000)
    }

    @Test func itsTimeDoesNotRunBackUnlessItWasFarWrong() {
        let time = ExchangeTime()
        let wall = Instant(microseconds: 5)
        #expect(time.now(monotonicNanoseconds: 0, wall: wall) == wall)
        time.set(offsetMicroseconds: 1_000_000_000)
        let first = time.now(monotonicNanoseconds: 0, wall: wall)
        time.set(offsetMicroseconds: 990_000_000)
        #expect(time.now(monotonicNanoseconds: 1_000, wall: wall) == first)
        #expect(time.now(monotonicNanoseconds: 20 * second, wall: wall) == first.adding(seconds: 10))
        // A single message from the future had set it: it comes back.
        time.set(offsetMicroseconds: 0)
        #expect(time.now(monotonicNanoseconds: 30 * second, wall: wall) == Instant(microseconds: 30_000_000))
    }
}
