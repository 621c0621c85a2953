import Market
import Upbit

/// What an exchange is started with.
package struct ExchangeSettings: Sendable {
    package static let speedMax = 10_000.0
    package static let rateMax = 10_000_000.0

    /// `upbit` or `bithumb`: whose habits it has.
    package var profile = Profile.upbit
    package var questions = OpenQuestions()
    /// 0 is any free port.
    package var port: UInt16 = 0
    package var seed: UInt64 = 1
    package var markets = 250
    /// Trades a second over all markets on an average day.
    package var tradesPerSecond = 30.0
    /// That many at all times: no livelier and calmer days, hours and minutes.
    package var isSteady = false
    /// How much faster than the machine's clock the market goes.
    package var speed = 1.0
    /// When the market starts; nil is now.
    package var start: Instant?
    /// Ends by itself after so long by the market's clock.
    package var durationMilliseconds: Int64?
    package var ledgerPath: String?
    package var usesTLS = false
    package var faults = FaultSettings()
    /// Whether connects and requests are counted against the exchange's limits.
    package var isLimited = true

    package init() {}

    /// Refuses what cannot be.
    func check() throws(ExchangeError) {
        guard speed > 0, speed <= Self.speedMax else {
            throw ExchangeError(
                .badSetting, "a speed of \(speed) is not possible", at: "--speed",
                remedy: "Choose a number above 0, at most \(Int(Self.speedMax)).")
        }
        guard tradesPerSecond > 0, tradesPerSecond <= Self.rateMax else {
            throw ExchangeError(
                .badSetting, "\(tradesPerSecond) trades a second are not possible", at: "--rate",
                remedy: "Choose a number above 0, at most \(Int(Self.rateMax)).")
        }
        if let durationMilliseconds, durationMilliseconds <= 0 {
            throw ExchangeError(
                .badSetting, "a duration must be longer than nothing", at: "--duration",
                remedy: "Leave it away to run until you stop it.")
        }
        guard OpenQuestions.sequentialIDFirsts.contains(questions.sequentialIDFirst),
            OpenQuestions.sequentialIDSteps.contains(questions.sequentialIDStep),
            questions.serverPingSeconds.map({ $0 > 0 }) ?? true
        else {
            throw ExchangeError(
                .badSetting, "an open question has an impossible answer", at: "questions",
                remedy: "Ids count from 0...999 in steps of 1...10; pings are some seconds apart.")
        }
        // Prices are known from the listing of the first market on.
        if let start, start.microseconds < Self.startMin || start.microseconds > Self.startMax {
            throw ExchangeError(
                .badSetting, "the market cannot start at \(start)", at: "--start",
                remedy: "Choose a time between 2018 and 2100.")
        }
    }

    /// 2018-01-01 and 2100-01-01.
    private static let startMin: Int64 = 1_514_764_800_000_000
    private static let startMax: Int64 = 4_102_444_800_000_000
}
