import Capture
import Testing

@Suite struct PulseTests {
    @Test func nothingIsExpectedOfTheUnknown() {
        let pulse = Pulse(at: 0)
        #expect(pulse.silenceMaxMilliseconds == nil)
        #expect(!pulse.isOverdue(at: .max / 2))
    }

    @Test func theLivelyAreMissedWithinSeconds() {
        var pulse = Pulse(at: 0)
        for time in stride(from: Int64(0), to: 600_000, by: 250) { pulse.beat(at: time) }
        #expect(!pulse.isOverdue(at: 604_000))
        #expect(pulse.isOverdue(at: 606_000))
    }

    @Test func aBurstMakesNobodyLively() {
        var pulse = Pulse(at: 0)
        for minute in Int64(1)...30 {
            for _ in 0..<1_000 { pulse.beat(at: minute * 60_000) }
        }
        #expect(pulse.share < 0.03)
        #expect(!pulse.isOverdue(at: 1_800_000 + 500_000))
    }

    @Test func quieterTimesAreLearned() {
        var pulse = Pulse(at: 0, share: 0.9)
        let lively = pulse.silenceMaxMilliseconds
        for time in stride(from: Int64(0), to: 900_000, by: 5_000) { pulse.beat(at: time) }
        let quiet = pulse.silenceMaxMilliseconds
        #expect((lively ?? 0) < 10_000)
        #expect((quiet ?? 0) > 60_000)
    }

    @Test func whoWasAskedAgainGetsMoreTime() throws {
        var pulse = Pulse(at: 0, share: 0.8)
        let before = try #require(pulse.silenceMaxMilliseconds)
        pulse.relax(at: 20_000)
        let after = try #require(pulse.silenceMaxMilliseconds)
        #expect(after > 2 * before)
        #expect(!pulse.isOverdue(at: 20_000 + before + 1))
        pulse.forget(at: 30_000)
        #expect(pulse.silenceMaxMilliseconds == nil)
    }
}
