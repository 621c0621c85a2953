import Upbit

/// What time brings.
extension SessionMachine {
    mutating func tick(at now: Int64) -> [SessionAction] {
        if isPaused, isConnected { return [] }
        switch state {
        case .idle, .stopped: return []
        case .pausing:
            guard isDue(now) else { return [] }
            return queue(at: now)
        case .queueing: return isDue(now) ? queue(at: now) : []
        case .connecting:
            guard isDue(now) else { return [] }
            // The network's own deadline has failed us: leave it behind.
            return [.close(attempt: attempt), .finishConnect(.lost)] + ended(.openTimeout, at: now)
        case .subscribing:
            if isDue(now) { return close(.mute, at: now) }
            return subscriptionTick(at: now)
        case .live:
            let actions = subscriptionTick(at: now)
            return state == .live ? actions + watchTick(at: now) : actions
        case .stale:
            if isDue(now) { return close(.stale, at: now) }
            return askMessage(at: now)
        case .closing:
            // A peer that does not answer our close is left behind.
            return isDue(now) ? ended(reason ?? .other, at: now) : []
        }
    }

    private func isDue(_ now: Int64) -> Bool { until.map { now >= $0 } ?? false }

    private mutating func watchTick(at now: Int64) -> [SessionAction] {
        guard isPast(watchedAt, timers.watch, now) else { return [] }
        watchedAt = now
        if watch.isOverdue(at: now, timers) {
            // Asked again already, and what came was the present state and no news.
            if watch.isRelaxed { return close(.stale, at: now) }
            watch.relax(at: now)
            enter(.stale, until: now + timers.staleGrace)
            return request(at: now)
        }
        let verdict = watch.judgeMarkets(
            at: now, mayAsk: isPast(askedForMarketsAt, timers.askForMarkets, now),
            mayReconnect: isPast(reconnectedForMarketsAt, timers.reconnectForMarkets, now))
        switch verdict {
        case .well: return []
        case .askAgain:
            askedForMarketsAt = now
            return request(at: now)
        case .reconnect:
            reconnectedForMarketsAt = now
            return close(.marketsStale, at: now)
        case .giveUp(let symbols): return [.notice(.silent(symbols))]
        }
    }

    private func isPast(_ time: Int64?, _ pause: Int64, _ now: Int64) -> Bool {
        time.map { now - $0 >= pause } ?? true
    }
}
