import Market

/// What nobody has confirmed about the exchange. Our client works whichever way it is; the built-in
/// exchange behaves as these switches say, so that tests can show it.
package struct OpenQuestions: Hashable, Sendable {
    package enum ThinBook: Hashable, Sendable {
        /// The missing side of a level has price and size 0.
        case zeros
        /// The book ends where its shorter side does.
        case shortest
    }

    package enum CandleClock: Hashable, Sendable {
        case execution
        case publication
    }

    package enum UnknownCode: Hashable, Sendable {
        case silence
        case invalidParameter
    }

    package enum BanAnswer: Hashable, Sendable {
        /// `{"error":{"name":418,"message":"… 60 seconds."}}`
        case json
        case plainText
    }

    /// Are `isOnlySnapshot` and `isOnlyRealtime` still honoured?
    package var acceptsCamelCaseFlags = true
    /// Are `krw-btc` and the like understood?
    package var acceptsLowerCaseCodes = false
    /// What happens to a code of no market?
    package var unknownCode = UnknownCode.silence
    /// Codes a request may name, and its bytes.
    package var codesMax = 10_000
    package var requestBytesMax = 1 << 20
    /// Is a `count` above what REST gives taken for the most it gives, or refused?
    package var clampsCount = true
    /// Does an order book's `code` keep the depth that was asked for?
    package var keepsDepthSuffix = false
    /// Are status and error objects put into a list in the list formats?
    package var listsServiceMessages = false
    package var thinBook = ThinBook.zeros
    /// Which clock puts a trade into a candle?
    package var candleClock = CandleClock.execution
    package var banAnswer = BanAnswer.json
    /// Does a 418 or 429 carry `Retry-After`?
    package var sendsRetryAfter = false
    /// Does the server send ping frames, and how often?
    package var serverPingSeconds: Int?
    /// Is a bad token refused at the upgrade (401) or behind it (`INVALID_AUTH` to each request)?
    package var refusesBadTokenAtUpgrade = false
    /// The first counter and its step among the trades of one millisecond. The counter stays below 10,000
    /// as long as these are within `sequentialIDFirsts` and `sequentialIDSteps`.
    package var sequentialIDFirst: Int64 = 0
    package var sequentialIDStep: Int64 = 1
    package static let sequentialIDFirsts: ClosedRange<Int64> = 0...999
    package static let sequentialIDSteps: ClosedRange<Int64> = 1...10

    package init() {}

    /// The id of the `index`-th trade of a millisecond: ms × 10 000 + n. Nil when it does not fit.
    package func sequentialID(at time: Instant, index: Int64) -> Int64? {
        let (start, overflow) = time.milliseconds.multipliedReportingOverflow(by: 10_000)
        let number = sequentialIDFirst + index * sequentialIDStep
        guard !overflow, (0..<10_000).contains(number) else { return nil }
        let (id, isTooLarge) = start.addingReportingOverflow(number)
        return isTooLarge ? nil : id
    }

    /// The time that puts a trade into a candle.
    package func candleTime(of trade: Trade) -> Instant {
        candleClock == .execution ? trade.time : trade.publishedAt ?? trade.time
    }
}
