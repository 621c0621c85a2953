import Capture
import Market
import Network
import Testing
import Upbit

/// One machine with its clock, and what it wanted done.
struct SessionBench {
    var machine: SessionMachine
    var now: Int64 = 1_000_000
    var actions: [SessionAction] = []

    init(seed: UInt64 = 1) {
        machine = SessionMachine(seed: seed, at: now)
    }

    @discardableResult
    mutating func handle(_ event: SessionEvent) -> [SessionAction] {
        let fresh = machine.handle(event, at: now)
        actions += fresh
        return fresh
    }

    @discardableResult
    mutating func receive(_ glance: FrameGlance) -> [SessionAction] {
        let fresh = machine.received(glance, attempt: machine.attempt, at: now)
        actions += fresh
        return fresh
    }

    /// Ticks on, as a driver does.
    @discardableResult
    mutating func pass(_ milliseconds: Int64) -> [SessionAction] {
        var fresh: [SessionAction] = []
        let end = now + milliseconds
        while now < end {
            now = min(end, now + 200)
            fresh += handle(.tick)
        }
        return fresh
    }

    /// Up to the first data.
    mutating func goLive(_ items: [SessionItem] = SessionBench.items) {
        handle(.listen(items))
        handle(.turn(.webSocketConnect))
        handle(.opened(attempt: machine.attempt))
        handle(.turn(.webSocketMessage))
        for item in items { receive(Self.glance(item, isSnapshot: true)) }
    }

    static let symbols = ["KRW-BTC", "KRW-ETH", "KRW-XRP"].compactMap { try? Symbol($0) }
    static let items = symbols.flatMap { [SessionItem(.trade, $0), SessionItem(.ticker, $0)] }

    static func glance(_ item: SessionItem, isSnapshot: Bool = false) -> FrameGlance {
        let kind: FrameGlance.Kind =
            switch item.channel {
            case .trade: .trade
            case .ticker: .ticker
            case .orderBook: .orderBook
            case .candle: .candle
            }
        return FrameGlance(kind, item.symbol, isSnapshot: isSnapshot)
    }

    static func error(_ code: NetworkError.Code, status: Int? = nil) -> NetworkError {
        NetworkError(code, "as told", httpStatus: status)
    }
}

extension [SessionAction] {
    var subscribed: [SessionItem]? {
        for case .subscribe(_, let items) in self { return items }
        return nil
    }
    var asksToConnect: Bool { contains(.askTurn(.webSocketConnect)) }
    var asksForMessage: Bool { contains(.askTurn(.webSocketMessage)) }
    var closes: Bool { contains { if case .close = $0 { true } else { false } } }
    var notices: [SessionNotice] {
        compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
    }
    var ends: [SessionEnd] {
        notices.compactMap { if case .ended(_, let end) = $0 { end } else { nil } }
    }
}
