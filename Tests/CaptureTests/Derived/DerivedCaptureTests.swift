import Capture
import Database
import Derivation
import Exchange
import Foundation
import Market
import Network
import Quotation
import Storage
import Synchronization
import TestKit
import Testing
import Upbit

/// The whole capture with derivation, over the turn of a day, with an end and a new start before it. With YEOUL_TORTURE=1 ten minutes of all faults.
@Suite(.serialized) struct DerivedCaptureTests {
    private static let isTorture = ProcessInfo.processInfo.environment["YEOUL_TORTURE"] != nil
    /// The last turn of a day, 09:00 in Korea: weeks and months end there only now and then.
    private static let turn = Timeframe.day1.start(of: clockNow)
    private static let closing = Timeframe.allCases.filter { $0.isAligned(turn) && $0 != .second1 }

    @Test func candlesOfAllTimeframesAreWrittenAndEqualTheExchanges() async throws {
        var settings = ExchangeSettings()
        settings.markets = 4
        settings.tradesPerSecond = 150
        settings.isLimited = false
        settings.start = Self.turn.adding(seconds: -20)
        let town = try await DerivedTown(settings, try DerivationSettings(timeframes: Timeframe.allCases))
        let heard = Mutex<[String]>([])
        let listener = try NotificationListener(
            town.database.options, channels: ["candle_closed", "candle_revised"])
        let listening = Task {
            for try await event in listener {
                if case .heard(let said) = event { heard.withLock { $0.append(said.payload) } }
            }
        }
        defer { listening.cancel() }

        try await town.captured { capture in
            let began = try await DerivedTown.eventually {
                let now = capture.time.at(monotonicNanoseconds: Monotonic.nanoseconds()) ?? .epoch
                return capture.figures.trades > 50 && now > Self.turn.adding(seconds: -10)
            }
            #expect(began)
        }
        try await Task.sleep(for: .seconds(1))
        // Of each market one of each of the timeframes above a second that end at the turn.
        let closed = """
            SELECT count(*) FROM market.latest_indicators WHERE time IS NOT NULL AND timeframe <> '1s'
            """
        // What was missed between comes over REST, late.
        let open = "SELECT count(*) FROM market.gaps WHERE status = 'open'"
        let range = try await town.captured { capture in
            let isLive = try await DerivedTown.eventually { capture.figures.trades > 100 }
            #expect(isLive)
            let live = Timeframe.second1.next(after: capture.time.now)
            let end = max(Self.turn, live).adding(seconds: 8)
            let isClosed = try await DerivedTown.eventually {
                let done = try await town.database.answer(closed)
                let gaps = try await town.database.answer(open)
                return done == "\(Self.closing.count * 4)" && gaps == "0"
                    && capture.time.now > end.adding(seconds: 3)
            }
            #expect(isClosed)
            return live..<end
        }

        let report = try town.verify()
        #expect(report.findingCount == 0 && report.underRepair.isEmpty, "\(report.findings.prefix(3))")
        #expect(report.candles > 100 && report.indicators > 100)
        for timeframe in Timeframe.allCases {
            let isClosing = timeframe == .second1 || Self.closing.contains(timeframe)
            let count = try await town.database.answer(
                """
                SELECT count(*) FROM market.candles
                WHERE timeframe = '\(timeframe.rawValue)' AND source = 'trades'
                """)
            #expect((Int(count) ?? 0 >= 4) == isClosing, "\(timeframe)")
            let latest = try await town.database.answer(
                "SELECT count(*) FROM market.latest_indicators WHERE timeframe = '\(timeframe.rawValue)' "
                    + "AND provisional_close > 0")
            #expect(latest == "4", "\(timeframe)")
            let isTold = heard.withLock { all in
                all.contains { $0.contains("\"timeframe\":\"\(timeframe.rawValue)\"") }
            }
            #expect(isTold == Self.closing.contains(timeframe), "\(timeframe)")
        }
        // Second by second, over the turn.
        for symbol in try await town.quotation.markets().map(\.symbol) {
            let (compared, differences) = try await town.differences(symbol, .second1, range)
            #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(3))")
            #expect(compared > 3)
        }
        town.exchange.stop()
    }

    /// Every closed candle of ten minutes of all faults.
    @Test(.enabled(if: isTorture))
    func candlesEqualTheExchangesWhateverGoesWrong() async throws {
        var settings = ExchangeSettings()
        settings.markets = 20
        settings.tradesPerSecond = 500
        settings.isLimited = false
        settings.faults = FaultProfile.storm.settings
        // What nobody knows is no candle's trade.
        settings.faults.loseShare = 0
        let town = try await DerivedTown(settings, try DerivationSettings())
        let capture = try await town.capture()
        let isLive = try await DerivedTown.eventually { capture.figures.trades > 1_000 }
        #expect(isLive)
        let from = Timeframe.minute1.next(after: capture.time.now)
        try await Task.sleep(for: .seconds(600))
        let range = from..<Timeframe.minute1.start(of: capture.time.now)
        var last: [String] = []
        let isEqual = try await DerivedTown.eventually(seconds: 300) {
            last = []
            for symbol in try await town.quotation.markets().map(\.symbol) {
                for timeframe in [Timeframe.minute1, .minute3, .minute5] {
                    let first = timeframe.next(after: range.lowerBound.adding(seconds: -1))
                    let whole = first..<timeframe.start(of: range.upperBound)
                    last += try await town.differences(symbol, timeframe, whole).differences
                }
            }
            return last.isEmpty
        }
        await capture.stop()
        town.exchange.stop()
        #expect(isEqual, "\(last.count): \(last.prefix(3))")
        let report = try town.verify()
        #expect(report.findingCount == 0, "\(report.findings.prefix(3))")
    }
}
