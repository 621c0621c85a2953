import Capture
import Market
import Testing

@Suite struct CaptureFiguresTests {
    private func trade(age milliseconds: Int64, isStreamed: Bool = true) throws -> Trade {
        let time = Instant(microseconds: 1_000_000_000)
        return Trade(
            time: time, symbol: try Symbol("KRW-BTC"), sequentialID: 1, price: Decimal8(1),
            volume: Decimal8(1),
            side: .buy, publishedAt: isStreamed ? time : nil,
            receivedAt: time.adding(milliseconds: milliseconds))
    }

    @Test func lateAndFetchedTradesAreToldApart() throws {
        var figures = CaptureFigures()
        figures.count(accepted: [
            try trade(age: 20), try trade(age: 4_999), try trade(age: 5_000),
            try trade(age: 90_000, isStreamed: false),
        ])
        #expect(figures.trades == 4 && figures.late == 1 && figures.fetched == 1)
        #expect(figures.receipt.count == 3)
        #expect(figures.receipt.sumMicroseconds == 10_019_000)
    }

    @Test func ofLargeCommitsAPartIsMeasuredForAll() throws {
        var figures = CaptureFigures()
        figures.count(accepted: try (0..<5_000).map { _ in try trade(age: 100) })
        #expect(figures.trades == 5_000)
        #expect(abs(figures.receipt.count - 5_000) < 20, "\(figures.receipt.count)")
    }

    @Test func whatCameSinceIsAHistogramOfItsOwn() {
        var lag = LagHistogram()
        lag.add(microseconds: 9_000_000, times: 50)
        let before = lag
        lag.add(microseconds: 2_000, times: 10)
        let since = lag.since(before)
        #expect(since.count == 10 && since.sumMicroseconds == 20_000)
        #expect((1_800...2_300).contains(since.microseconds(atShare: 0.99) ?? 0))
        #expect(before.since(lag.since(since)).count == 0)
        #expect(lag.counts(upToMicroseconds: [1_000, 2_500, 10_000_000]) == [0, 10, 60])
        #expect(LagHistogram().microseconds(atShare: 0.99) == nil)
    }
}
