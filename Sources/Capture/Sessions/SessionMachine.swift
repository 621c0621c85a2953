import Market
import Network
import Upbit

/// One connection's life: it connects, subscribes to its whole set, watches the age of its data, and
/// reconnects for ever. Pure: events and a monotonic clock in milliseconds in, actions out. It must get a
/// `tick` at least every half second.
package struct SessionMachine: Sendable {
    package internal(set) var state = SessionState.idle
    /// The number of the present connection; events of others are ignored.
    package internal(set) var attempt = 0
    let timers: SessionTimers
    /// When the present state has lasted too long.
    var until: Int64?
    var openedAt: Int64
    var liveSince: Int64?
    var backoff = SessionBackoff()
    var messageBackoff = SessionBackoff()
    var jitter: JitterSource
    var inOutage = false
    /// Why we are closing.
    var reason: SessionEnd?
    var stops = false
    /// Nothing is read: silence means nothing.
    var isPaused = false

    var wanted: [SessionItem] = []
    var expected: [Symbol: Double] = [:]
    /// What the exchange refused, and when it is tried again.
    var refused: [SessionItem: Int64] = [:]
    package internal(set) var trial = SubscriptionTrial([])
    var trialUntil: Int64?
    package internal(set) var watch: DataWatch

    var wantsRequest = false
    var wantsPing = false
    var isAskingMessage = false
    var messageNotBefore: Int64 = .min
    /// Whether the last message was a `PING`: a refusal is the answer to it then.
    var pingedLast = false
    var hasSubscribed = false
    var unheardUntil: Int64?
    /// Told already as unheard.
    var noted: Set<SessionItem> = []
    var isAllRefused = false
    var watchedAt: Int64?
    var askedForMarketsAt: Int64?
    var reconnectedForMarketsAt: Int64?

    package init(seed: UInt64, timers: SessionTimers = SessionTimers(), at now: Int64) {
        jitter = JitterSource(seed: seed)
        self.timers = timers
        openedAt = now
        watch = DataWatch(at: now)
    }

    /// Open, as far as we know.
    package var isConnected: Bool { state == .subscribing || state == .live || state == .stale }
    /// The present attempt has a connection, open or on its way.
    package var mayHaveConnection: Bool { isConnected || state == .connecting || state == .closing }
    package var items: [SessionItem] { wanted }

    package mutating func handle(_ event: SessionEvent, at now: Int64) -> [SessionAction] {
        guard state != .stopped else {
            // What opens behind our back is closed; the rest does not matter any more.
            if case .opened(let attempt) = event { return [.close(attempt: attempt)] }
            return []
        }
        switch event {
        case .listen(let items): return listen(items, at: now)
        case .turn(let group): return turn(group, at: now)
        case .noTurn(let group, let time): return noTurn(group, time, at: now)
        case .opened(let attempt): return opened(attempt, at: now)
        case .closed(let attempt, let error): return closed(attempt, error, at: now)
        case .refused(let attempt, let refusal): return refused(attempt, refusal, at: now)
        case .paused(let attempt):
            isPaused = attempt == self.attempt && isConnected
            return []
        case .resumed(let attempt):
            resumed(attempt, at: now)
            return []
        case .tick: return tick(at: now)
        case .outage(let isOn):
            inOutage = isOn
            if !isOn, state == .pausing {
                until = min(until ?? .max, now + Int64.random(in: 0...timers.afterOutage, using: &jitter))
            }
            return []
        case .stop:
            stops = true
            if isConnected || state == .connecting { return close(.wanted, at: now) }
            if state != .closing { enter(.stopped) }
            return []
        }
    }

    /// For each frame; the actions are none but at a change of state.
    package mutating func received(_ glance: FrameGlance, attempt: Int, at now: Int64) -> [SessionAction] {
        guard attempt == self.attempt, isConnected else { return [] }
        watch.received(glance, at: now)
        guard state != .live, glance.isMarketData, hasSubscribed else { return [] }
        enter(.live)
        guard liveSince == nil else { return [] }
        liveSince = now
        return [.notice(.live(attempt: attempt, afterMilliseconds: now - openedAt))]
    }

    private mutating func resumed(_ attempt: Int, at now: Int64) {
        guard attempt == self.attempt, isPaused else { return }
        isPaused = false
        watch.resumed(at: now)
        if state == .subscribing || state == .stale { until = now + timers.firstData }
    }

    mutating func enter(_ state: SessionState, until: Int64? = nil) {
        self.state = state
        self.until = until
    }

    // MARK: what to listen to

    private mutating func listen(_ items: [SessionItem], at now: Int64) -> [SessionAction] {
        guard items != wanted else { return [] }
        wanted = items
        watch.listen(items, expected: expected, at: now)
        let keys = Set(items)
        refused = refused.filter { keys.contains($0.key) }
        noted.formIntersection(keys)
        switch state {
        case .idle: return items.isEmpty ? [] : queue(at: now)
        case .pausing, .queueing:
            if items.isEmpty { enter(.idle) }
            // Everything was refused, and now there is something else.
            if isAllRefused, let until, items.contains(where: { refused[$0] == nil }) {
                self.until = min(until, now + SessionBackoff.mostMilliseconds)
            }
            return []
        case .connecting: return items.isEmpty ? close(.wanted, at: now) : []
        case .subscribing, .live, .stale:
            return items.isEmpty ? close(.wanted, at: now) : request(at: now)
        case .closing, .stopped: return []
        }
    }

    /// What the past says of how often markets speak, for those that are new here.
    package mutating func expect(_ shares: [Symbol: Double]) { expected = shares }

    /// Begins anew with the whole set.
    mutating func request(at now: Int64) -> [SessionAction] {
        trial = SubscriptionTrial(wanted, without: Set(refused.filter { $0.value > now }.keys))
        trialUntil = nil
        guard !trial.request.isEmpty else { return close(.refused, at: now) }
        wantsRequest = true
        return askMessage(at: now)
    }

    // MARK: connecting

    mutating func queue(at now: Int64) -> [SessionAction] {
        enter(.queueing, until: now + timers.turnAnswer)
        return [.askTurn(.webSocketConnect)]
    }

    private mutating func turn(_ group: RateGroup, at now: Int64) -> [SessionAction] {
        if group == .webSocketMessage { return messageTurn(at: now) }
        guard state == .queueing else { return [] }
        attempt += 1
        enter(.connecting, until: now + timers.open + timers.newsLate)
        return [.connect(attempt: attempt)]
    }

    private mutating func noTurn(_ group: RateGroup, _ time: Int64, at now: Int64) -> [SessionAction] {
        if group == .webSocketMessage {
            isAskingMessage = false
            messageNotBefore = max(messageNotBefore, time)
        } else if state == .queueing {
            until = max(now, time)
        }
        return []
    }

    private mutating func opened(_ attempt: Int, at now: Int64) -> [SessionAction] {
        guard attempt == self.attempt, state == .connecting else { return [.close(attempt: attempt)] }
        enter(.subscribing, until: now + timers.requestTurn)
        openedAt = now
        watch.opened(at: now)
        hasSubscribed = false
        isPaused = false
        wantsPing = true
        isAskingMessage = false
        messageNotBefore = .min
        liveSince = nil
        return [.finishConnect(.answered(nil))] + request(at: now)
    }

    private mutating func closed(_ attempt: Int, _ error: NetworkError, at now: Int64) -> [SessionAction] {
        guard attempt == self.attempt, isConnected || state == .connecting || state == .closing else {
            return []
        }
        var actions: [SessionAction] = []
        if state == .connecting { actions.append(.finishConnect(Self.outcome(of: error))) }
        if SessionEnd.needsSomebody(error), !inOutage { actions.append(.notice(.failing(error))) }
        return actions + ended(reason ?? SessionEnd(error), at: now)
    }

    /// What a failed opening came to, for the budget.
    private static func outcome(of error: NetworkError) -> RateOutcome {
        switch SessionEnd(error) {
        case .limited: .tooMany(retryAfterSeconds: nil)
        case .banned: .banned(seconds: nil)
        case .nameNotFound, .unreachable, .tls: .unused
        case .upgradeRefused: .answered(nil)
        default: .lost
        }
    }

    mutating func close(_ reason: SessionEnd, at now: Int64) -> [SessionAction] {
        var actions: [SessionAction] = [.close(attempt: attempt)]
        if state == .connecting { actions.append(.finishConnect(.lost)) }
        self.reason = reason
        enter(.closing, until: now + timers.closing)
        return actions
    }

    /// The connection is no more: pause, then again.
    mutating func ended(_ end: SessionEnd, at now: Int64) -> [SessionAction] {
        if let liveSince, now - liveSince >= timers.stable { backoff.succeeded() }
        liveSince = nil
        reason = nil
        isPaused = false
        wantsRequest = false
        isAskingMessage = false
        trialUntil = nil
        unheardUntil = nil
        let notice = SessionAction.notice(.ended(attempt: attempt, end))
        if stops {
            enter(.stopped)
        } else if wanted.isEmpty {
            enter(.idle)
        } else {
            let pause = backoff.pauseMilliseconds(inOutage: inOutage, using: &jitter)
            isAllRefused = end == .refused
            // There is nothing to say to the exchange before the first refusal is forgotten.
            let least = isAllRefused ? refused.values.min() ?? now : now
            enter(.pausing, until: max(least, now + pause))
        }
        return [notice]
    }
}
