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

/// The whole capture with derivation: over the turn of a day, with an end and a new start before it; in a storm,
/// with YEOUL_TORTURE=1 for ten minutes; with a market that is renamed.
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

    /// Every closed candle of a time of all faults: ten minutes of them in `make torture`, otherwise the seconds
    /// of a quarter of a minute.
    @Test func candlesEqualTheExchangesWhateverGoesWrong() async throws {
        var settings = ExchangeSettings()
        settings.markets = Self.isTorture ? 20 : 4
        settings.tradesPerSecond = Self.isTorture ? 500 : 150
        settings.isSteady = true
        settings.isLimited = false
        settings.faults = FaultProfile.storm.settings
        // What nobody knows is no candle's trade.
        settings.faults.loseShare = 0
        if !Self.isTorture { settings.faults.endEverySeconds = 6 }
        let smallest = Self.isTorture ? Timeframe.minute1 : .second1
        let compared = Self.isTorture ? [Timeframe.minute1, .minute3, .minute5] : [.second1]
        let town = try await DerivedTown(
            settings, try DerivationSettings(timeframes: [smallest, .minute1, .minute3, .minute5, .hour1]))
        let symbols = try await town.symbols()
        let capture = try await town.capture()
        let isLive = try await DerivedTown.eventually {
            capture.figures.trades > (Self.isTorture ? 1_000 : 100)
        }
        #expect(isLive)
        let from = smallest.next(after: capture.time.now.adding(seconds: 1))
        try await Task.sleep(for: .seconds(Self.isTorture ? 600 : 15))
        let range = from..<smallest.start(of: capture.time.now)
        try await town.control("faults", "{\"profile\":\"none\"}")
        var last: [String] = []
        var count = 0
        let isEqual = try await DerivedTown.eventually(seconds: 300) {
            last = []
            count = 0
            for symbol in symbols {
                for timeframe in compared {
                    let first = timeframe.next(after: range.lowerBound.adding(microseconds: -1))
                    let whole = first..<timeframe.start(of: range.upperBound)
                    let found = try await town.differences(symbol, timeframe, whole)
                    last += found.differences
                    count += found.compared
                }
            }
            return last.isEmpty
        }
        await capture.stop()
        town.exchange.stop()
        #expect(isEqual, "\(last.count): \(last.prefix(3))")
        #expect(count > 20)
        let report = try town.verify()
        #expect(report.findingCount == 0, "\(report.findings.prefix(3))")
        print(
            "▸ \(count) candles as the exchange's own after a storm; \(report.indicators) rows of indicators")
    }

    @Test func aMarketThatIsRenamedWhileNobodyLooksOnContinuesItsSeries() async throws {
        var settings = ExchangeSettings()
        settings.markets = 4
        settings.tradesPerSecond = 150
        settings.isLimited = false
        let town = try await DerivedTown(settings, try DerivationSettings(timeframes: [.second1, .minute1]))
        let old = try #require(try await town.symbols().first)
        let new = try Symbol("\(old.quote)-RENAMED")
        func warm(_ symbol: Symbol) -> String {
            """
            SELECT count(ma_5) FROM market.technical_indicators i JOIN market.candles c USING (symbol, timeframe, time)
            WHERE symbol = '\(symbol)' AND timeframe = '1s' AND source = 'trades'
            """
        }
        try await town.captured { _ in
            let isWarm = try await DerivedTown.eventually {
                Int(try await town.database.answer(warm(old))) ?? 0 >= 3
            }
            #expect(isWarm)
        }
        try await town.control("markets", "{\"rename\":\"\(old)\",\"to\":\"\(new)\"}")
        try await town.captured { _ in
            let isWarm = try await DerivedTown.eventually {
                Int(try await town.database.answer(warm(new))) ?? 0 >= 3
            }
            #expect(isWarm)
        }
        let former = "SELECT renamed_from FROM market.markets WHERE symbol = '\(new)'"
        #expect(try await town.database.answer(former) == "\(old)")
        // What was copied is there, and no later candle is without what takes five. REST may have told of trades
        // before the first run, whose candles come first.
        let copied = """
            FROM market.candles WHERE symbol = '\(new)' AND timeframe = '1s' AND source = 'mixed'
            """
        #expect(try await town.database.answer("SELECT count(*) \(copied)") != "0")
        let cold = """
            SELECT count(*) FROM market.technical_indicators
            WHERE symbol = '\(new)' AND timeframe = '1s' AND ma_5 IS NULL AND time > (SELECT max(time) \(copied))
            """
        #expect(try await town.database.answer(cold) == "0")
        let report = try town.verify()
        #expect(report.findingCount == 0 && report.underRepair.isEmpty, "\(report.findings.prefix(3))")
        town.exchange.stop()
    }
}
