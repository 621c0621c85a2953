import Foundation
import TestKit
import Testing

/// Hours in minutes: 5,000 trades/s with tickers and order books for half an hour (YEOUL_SOAK_SECONDS says how
/// long); memory must stay, and the lag that a second session sees. Only in `make torture`.
@Suite(.serialized) struct SoakTests {
    private static let seconds =
        ProcessInfo.processInfo.environment["YEOUL_SOAK_SECONDS"].flatMap { Int($0) } ?? 1_800
    private static let lagMillisecondsMax = 250.0
    /// From the second quarter, when all is warm, to the last.
    private static let growthMax = 1.1
    /// Of samples that were due: a database that answers no question in time has a lag, too.
    private static let samplesMin = 0.9

    @Test(.enabled(if: CaptureTown.isTorture, "half an hour: make torture"))
    func memoryStaysFlatAndTheLagSmall() async throws {
        let town = try await CaptureTown(tradesPerSecond: 5_000, markets: 250)
        let capture = try town.capture()
        #expect(try await town.storesMore(10_000), "\(capture.output)")
        var residentMiB: [Double] = []
        var lags: [Double] = []
        let end = ContinuousClock.now + .seconds(Self.seconds)
        while ContinuousClock.now < end {
            try await Task.sleep(for: .seconds(1))
            residentMiB.append(try capture.residentMiB())
            // The newest trade that another session sees, when its statement begins: to look through so many
            // trades takes longer than the lag.
            let lag = try? await town.answer(
                """
                SELECT 1000 * coalesce(extract(epoch FROM statement_timestamp() - max(received_at)), 10)
                FROM market.transactions WHERE time > statement_timestamp() - interval '10 s'
                """)
            if let milliseconds = lag.flatMap({ Double($0) }) { lags.append(milliseconds) }
        }
        #expect(Double(lags.count) >= Self.samplesMin * Double(residentMiB.count))
        let quarter = residentMiB.count / 4
        let early = Self.mean(residentMiB[quarter..<(2 * quarter)])
        let late = Self.mean(residentMiB[(3 * quarter)...])
        let p99 = lags.sorted()[Int(Double(lags.count) * 0.99)]
        print(
            String(
                format: "▸ soak of %d s: lag p50 %.0f ms, p99 %.0f ms; resident %.0f, then %.0f MiB",
                Self.seconds, lags.sorted()[lags.count / 2], p99, early, late))
        #expect(late <= early * Self.growthMax)
        #expect(p99 < Self.lagMillisecondsMax)
        try await town.settle(capture, "soak of \(Self.seconds) s")
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double {
        values.reduce(0, +) / Double(max(1, values.count))
    }
}
