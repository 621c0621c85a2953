import Quotation
import TestKit
import Testing

@Suite struct ClockOffsetTests {
    @Test(arguments: [Int64(-90_000_000), -1_234_567, 0, 3_500, 86_400_000_000])
    func theTruthLiesWithinTheBoundsAndTheyNarrow(truth: Int64) throws {
        var offset = ClockOffset()
        var last = Int64.max
        for round in 0..<20 {
            let sent = 1_770_000_000_000_000 + Int64(round) * 1_057_000
            let trip = 20_000 + Int64(round % 3) * 4_000
            let server = sent + trip / 2 + truth
            offset.add(
                serverSeconds: server / 1_000_000, sentAtMicroseconds: sent,
                receivedAtMicroseconds: sent + trip)
            let estimate = try #require(offset.estimate)
            #expect(abs(estimate.offsetMicroseconds - truth) <= estimate.withinMicroseconds)
            #expect(estimate.withinMicroseconds <= last)
            last = estimate.withinMicroseconds
        }
        #expect(last < 60_000)
    }

    @Test func answersThatContradictEachOtherGiveNoEstimate() {
        var offset = ClockOffset()
        #expect(offset.estimate == nil)
        offset.add(serverSeconds: 100, sentAtMicroseconds: 100_000_000, receivedAtMicroseconds: 100_100_000)
        #expect(offset.estimate != nil)
        offset.add(serverSeconds: 200, sentAtMicroseconds: 101_000_000, receivedAtMicroseconds: 101_100_000)
        #expect(offset.estimate == nil)
    }
}
