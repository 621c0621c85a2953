import Capture
import Market
import Upbit

/// Prints trades, and sends them to whoever listens, with the habits of networks. Its ledger is the oracle.
struct SimulatedExchange {
    struct Socket {
        var attempt: Int
        var opensAt: Int64?
        var isOpen = false
        /// Half open: nothing goes in or out any more.
        var isMute = false
        var symbols: Set<Symbol> = []
        var queue: [SentFrame] = []
        var saysStatus = false
        var statusAt: Int64 = 0
    }

    static let symbols = ["KRW-BTC", "KRW-ETH", "BTC-XRP"].compactMap { try? Symbol($0) }
    /// Frames that wait for a reader who does not read; then the exchange drops him.
    static let queueMax = 400

    private(set) var ledger: [TradeKey: Trade] = [:]
    private(set) var last: [Symbol: Trade] = [:]
    var rest = SimulatedREST()
    private var milliseconds: Int64 = -1
    private var countOfMillisecond: Int64 = 0
    private let encoder = MessageEncoder(format: .simple)

    /// Four seconds before a full minute, so that the storm lies in two of them.
    static let start = Instant(microseconds: 1_700_000_036_000_000)

    /// The next trade. Markets share the numbers within a millisecond, as they may at the real exchange.
    mutating func print(at now: Int64, _ random: inout JitterSource, isPoison: Bool) -> Trade? {
        guard let symbol = Self.symbols.randomElement(using: &random) else { return nil }
        if milliseconds != now {
            milliseconds = now
            countOfMillisecond = 0
        }
        // Half of them repeat the number of the one before, in another market.
        if last[symbol]?.time != Self.start.adding(milliseconds: now), Bool.random(using: &random) {
            countOfMillisecond = max(0, countOfMillisecond - 1)
        }
        let time = Self.start.adding(milliseconds: now)
        var trade = Trade(
            time: time, symbol: symbol, sequentialID: time.milliseconds * 10_000 + countOfMillisecond,
            price: Decimal8(unscaled: Int128(random.next() % 1_000_000) * 100_000_000 + 100_000_000),
            // A volume below a satoshi of our own making marks what the database will refuse.
            volume: Decimal8(unscaled: Int128(random.next() % 1_000_000 + 1) * 10 + (isPoison ? 7 : 0)),
            side: Bool.random(using: &random) ? .buy : .sell, receivedAt: .epoch)
        trade.publishedAt = time.adding(milliseconds: 40)
        countOfMillisecond += 1
        guard ledger[TradeKey(trade)] == nil else { return nil }
        ledger[TradeKey(trade)] = trade
        last[symbol] = trade
        return trade
    }

    static func isPoison(_ trade: Trade) -> Bool { trade.volume.unscaled % 10 == 7 }

    func frame(_ trade: Trade, isSnapshot: Bool = false) -> SentFrame {
        var message = TradeMessage(trade)
        message.streamType = isSnapshot ? .snapshot : .realtime
        return SentFrame(bytes: encoder.frame(.trade(message)), keys: [TradeKey(trade)], isStatus: false)
    }

    func frame(_ ticker: Ticker, isSnapshot: Bool = false) -> SentFrame {
        var ticker = ticker
        ticker.streamType = isSnapshot ? .snapshot : .realtime
        return SentFrame(bytes: encoder.frame(.ticker(ticker)), keys: [], isStatus: true)
    }

    func broken(_ random: inout JitterSource) -> SentFrame {
        let text = "{\"ty\":\"trade\",\"cd\":\"KRW-BTC\",\"tp\":\(random.next() % 1_000)"
        return SentFrame(bytes: Array(text.utf8), keys: [], isStatus: false)
    }

    var status: SentFrame {
        SentFrame(bytes: encoder.frame(.status("UP")), keys: [], isStatus: true)
    }
}
