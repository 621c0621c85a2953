import Exchange
import Market
import Testing
import Upbit

/// A hub with a virtual clock, and what its clients received.
struct HubBench {
    var hub: SocketHub
    var now: Int64 = 1_000_000
    var market: Int64
    var frames: [Int: [[UInt8]]] = [:]
    var ends: [Int: FaultSettings.Ending] = [:]
    var stalls: [Int: Int64] = [:]
    var ledger: [LedgerEntry] = []
    let plan: VenuePlan

    init(
        markets: Int = 12, rate: Double = 200, profile: Profile = .upbit,
        questions: OpenQuestions = OpenQuestions(), faults: FaultSettings = FaultSettings(),
        seed: UInt64 = 7, isLimited: Bool = true, market: Int64 = monday + 3_600_000
    ) throws {
        plan = VenuePlan(
            seed: seed, markets: try Catalogue.markets(markets, tradesPerSecond: rate, seed: seed),
            questions: questions)
        self.market = market
        hub = SocketHub(
            plan: plan, profile: profile, questions: questions, faults: faults, seed: seed,
            isLimited: isLimited, market: market)
    }

    mutating func connect(address: String = "127.0.0.1", authorization: String? = nil) throws -> Int {
        let verdict = hub.connect(
            from: address, hasOrigin: false, authorization: authorization, now: now)
        guard case .accept(let session) = verdict else {
            throw ExchangeError(.badSetting, "not accepted: \(verdict)")
        }
        return session
    }

    mutating func send(_ text: String, on session: Int) {
        hub.received(Array(text.utf8), on: session, now: now)
        collect()
    }

    /// Market and machine go on together.
    mutating func run(milliseconds: Int64, step: Int64 = 10) {
        var left = milliseconds
        while left > 0 {
            let part = min(step, left)
            left -= part
            now += part
            market += part
            hub.advance(to: market, now: now)
            collect()
        }
    }

    mutating func collect() {
        ledger += hub.takeEntries()
        for output in hub.takeOutputs() {
            switch output.action {
            case .send(let frame): frames[output.session, default: []].append(frame)
            case .end(let ending): ends[output.session] = ending
            case .stall(let milliseconds): stalls[output.session] = milliseconds
            }
        }
    }

    mutating func take(_ session: Int) -> [[UInt8]] {
        defer { frames[session] = [] }
        return frames[session] ?? []
    }

    /// What came, decoded; broken frames are left out.
    mutating func messages(_ session: Int) -> [Message] {
        decoded(take(session))
    }

    mutating func texts(_ session: Int) -> [String] {
        take(session).map { String(decoding: $0, as: UTF8.self) }
    }
}

func makePlan(_ markets: Int, rate: Double, seed: UInt64) throws -> VenuePlan {
    try plan(markets, rate: rate, seed: seed)
}

func decoded(_ frames: [[UInt8]]) -> [Message] {
    var decoder = MessageDecoder()
    var messages: [Message] = []
    for frame in frames {
        messages += (try? frame.withUnsafeBytes { try decoder.messages(in: $0, receivedAt: .epoch) }) ?? []
    }
    return messages
}

extension Message {
    var trade: TradeMessage? {
        if case .trade(let trade) = self { return trade }
        return nil
    }
    var ticker: Ticker? {
        if case .ticker(let ticker) = self { return ticker }
        return nil
    }
    var orderBook: OrderBook? {
        if case .orderBook(let book) = self { return book }
        return nil
    }
    var candle: CandleMessage? {
        if case .candle(let candle) = self { return candle }
        return nil
    }
    var refusal: RefusalMessage? {
        if case .refusal(let refusal) = self { return refusal }
        return nil
    }
}
