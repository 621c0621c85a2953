import Market
import Upbit

/// Watches the age of the data of one connection: of all of it, and of each market. Pure.
package struct DataWatch: Sendable {
    private struct Entry: Sendable {
        var pulse: Pulse
        var count: Int64 = 0
        /// Kinds that are asked for, and those that have come since, one bit each.
        var wanted: UInt8 = 0
        var heard: UInt8 = 0
        /// What has been done about its silence.
        var remedy = Remedy.none

        mutating func hear(_ bit: UInt8, isNews: Bool, at now: Int64) {
            heard |= bit
            count += 1
            guard isNews else { return }
            pulse.beat(at: now)
            remedy = .none
        }
    }

    private enum Remedy: Sendable {
        case none, askedAgain, reconnected, givenUp
    }

    package enum MarketVerdict: Sendable, Equatable {
        case well
        case askAgain([Symbol])
        case reconnect([Symbol])
        /// Everything has been tried: they are believed until they speak.
        case giveUp([Symbol])
    }

    private var entries: [Symbol: Entry] = [:]
    private var pulse: Pulse
    private(set) package var lastFrameAt: Int64
    private(set) package var lastDataAt: Int64?
    private(set) package var hasStatusStream = false
    /// Overdue once, and no news since.
    private(set) package var isRelaxed = false

    package init(at now: Int64) {
        pulse = Pulse(at: now)
        lastFrameAt = now
    }

    /// What is known of markets that stay is kept.
    package mutating func listen(_ items: [SessionItem], expected: [Symbol: Double], at now: Int64) {
        var next: [Symbol: Entry] = [:]
        for item in items {
            var entry =
                next[item.symbol] ?? entries[item.symbol]
                ?? Entry(pulse: Pulse(at: now, share: expected[item.symbol] ?? 0))
            if next[item.symbol] == nil { entry.wanted = 0 }
            entry.wanted |= Self.bit(item.channel)
            next[item.symbol] = entry
        }
        entries = next
    }

    /// Nothing was read for a while because we did not want to: nobody is to blame for that silence.
    package mutating func resumed(at now: Int64) {
        lastFrameAt = now
        pulse.restart(at: now)
        for symbol in entries.keys { entries[symbol]?.pulse.restart(at: now) }
    }

    /// A new connection.
    package mutating func opened(at now: Int64) {
        lastFrameAt = now
        hasStatusStream = false
        isRelaxed = false
        pulse.restart(at: now)
        for symbol in entries.keys { entries[symbol]?.pulse.restart(at: now) }
    }

    /// The whole set was asked for: the present state of everything must come.
    package mutating func subscribed(at now: Int64) {
        for symbol in entries.keys { entries[symbol]?.heard = 0 }
    }

    package mutating func received(_ glance: FrameGlance, at now: Int64) {
        lastFrameAt = max(lastFrameAt, now)
        if glance.kind == .status { hasStatusStream = true }
        guard glance.isMarketData else { return }
        lastDataAt = now
        if !glance.isSnapshot {
            pulse.beat(at: now)
            isRelaxed = false
        }
        guard let symbol = glance.symbol else { return }
        let bit = Self.bit(glance.kind)
        // In place: this runs for each frame.
        entries[symbol]?.hear(bit, isNews: !glance.isSnapshot, at: now)
    }

    /// Whether the connection as a whole is silent for too long.
    package func isOverdue(at now: Int64, _ timers: SessionTimers) -> Bool {
        let limit = hasStatusStream ? timers.statusSilence : timers.silence
        return now - lastFrameAt > limit || pulse.isOverdue(at: now)
    }

    /// It was overdue, and what came since was no news: expect less of it.
    package mutating func relax(at now: Int64) {
        isRelaxed = true
        pulse.relax(at: now)
        for symbol in entries.keys { entries[symbol]?.pulse.restart(at: now) }
    }

    /// Which markets were asked for and have not even shown their present state.
    package func unheard(among items: [SessionItem]) -> [SessionItem] {
        items.filter { (entries[$0.symbol]?.heard ?? .max) & Self.bit($0.channel) == 0 }
    }

    /// What to do about single markets. `mayAsk` and `mayReconnect` say what is allowed now.
    package mutating func judgeMarkets(at now: Int64, mayAsk: Bool, mayReconnect: Bool) -> MarketVerdict {
        let overdue = entries.filter { $0.value.pulse.isOverdue(at: now) }
        guard !overdue.isEmpty else { return .well }
        func with(_ remedy: Remedy) -> [Symbol] {
            overdue.filter { $0.value.remedy == remedy }.keys.sorted()
        }
        let lost = with(.reconnected)
        if !lost.isEmpty {
            for symbol in lost {
                entries[symbol]?.pulse.forget(at: now)
                entries[symbol]?.remedy = .givenUp
            }
            return .giveUp(lost)
        }
        let asked = with(.askedAgain)
        if mayReconnect, !asked.isEmpty {
            for symbol in asked { entries[symbol]?.remedy = .reconnected }
            return .reconnect(asked)
        }
        let fresh = with(.none)
        if mayAsk, !fresh.isEmpty {
            for symbol in fresh {
                entries[symbol]?.pulse.restart(at: now)
                entries[symbol]?.remedy = .askedAgain
            }
            return .askAgain(fresh)
        }
        return .well
    }

    /// The share of seconds with data, for each market.
    package var shares: [Symbol: Double] { entries.mapValues(\.pulse.share) }

    /// Messages of each market since it is listened to here.
    package var counts: [Symbol: Int64] { entries.mapValues(\.count) }

    private static func bit(_ channel: Channel) -> UInt8 {
        switch channel {
        case .trade: bit(FrameGlance.Kind.trade)
        case .ticker: bit(FrameGlance.Kind.ticker)
        case .orderBook: bit(FrameGlance.Kind.orderBook)
        case .candle: bit(FrameGlance.Kind.candle)
        }
    }

    private static func bit(_ kind: FrameGlance.Kind) -> UInt8 { 1 << kind.rawValue }
}
