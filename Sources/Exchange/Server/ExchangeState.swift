import Market
import Network
import Upbit

/// What the threads of a running exchange share, under one lock.
struct ExchangeState: Sendable {
    /// Events between two times that the ledger is written and sockets are given their bytes.
    private static let eventsInTurnMax = 5_000

    var clock: ExchangeClock
    var hub: SocketHub
    let ledger: LedgerWriter?
    let endMarket: Int64
    var connections: [Int: any MisbehavingConnection] = [:]
    var trades: Int64 = 0
    /// There was more to do than one turn takes.
    private(set) var isBehind = false
    /// Why the exchange cannot go on.
    var failure: ExchangeError?

    init(clock: ExchangeClock, hub: SocketHub, ledger: LedgerWriter?, endMarket: Int64) {
        self.clock = clock
        self.hub = hub
        self.ledger = ledger
        self.endMarket = endMarket
    }

    /// Lets time go on, and performs what it brings. False when the exchange is at its end.
    mutating func advance(nanoseconds: Int64) -> Bool {
        let market = min(endMarket, clock.market(at: nanoseconds))
        hub.advance(to: market, now: nanoseconds / 1_000_000, eventsMax: Self.eventsInTurnMax)
        isBehind = hub.market < market
        perform()
        return failure == nil && hub.market < endMarket
    }

    /// Puts the trades into the ledger first, then sends.
    mutating func perform() {
        let entries = hub.takeEntries()
        trades += Int64(entries.count)
        if let ledger, !entries.isEmpty {
            for entry in entries { ledger.append(entry) }
            do throws(ExchangeError) {
                try ledger.flush()
            } catch {
                // What is not in the ledger is never sent.
                failure = error
                _ = hub.takeOutputs()
                return
            }
        }
        for output in hub.takeOutputs() {
            guard let connection = connections[output.session] else { continue }
            switch output.action {
            case .send(let bytes): _ = connection.send(bytes, as: .binary)
            case .stall(let milliseconds): connection.stall(milliseconds: milliseconds)
            case .end(let ending): Self.end(connection, ending)
            }
        }
    }

    private static func end(_ connection: any MisbehavingConnection, _ ending: FaultSettings.Ending) {
        switch ending {
        case .clean: connection.close()
        case .vanish: connection.vanish()
        case .reset: connection.reset()
        case .midFrame:
            connection.cut(
                inMidFrameOf: Array("{\"type\":\"trade\",\"code\":\"KRW-BTC\",\"timestamp\":1".utf8),
                as: .binary, afterBytes: 20)
        case .silence: connection.goSilent()
        }
    }
}
