import Market
import Upbit

/// Requests, their effect, and what the exchange refuses.
extension SessionMachine {
    mutating func askMessage(at now: Int64) -> [SessionAction] {
        guard isConnected, !isAskingMessage, wantsRequest || mayPing, now >= messageNotBefore else {
            return []
        }
        isAskingMessage = true
        return [.askTurn(.webSocketMessage)]
    }

    /// Not before the request has had its effect, so that a refusal tells which of the two it means.
    private var mayPing: Bool { wantsPing && state == .live && trialUntil == nil }

    mutating func messageTurn(at now: Int64) -> [SessionAction] {
        guard isAskingMessage else { return [] }
        isAskingMessage = false
        guard isConnected else { return [] }
        if wantsRequest {
            wantsRequest = false
            pingedLast = false
            trialUntil = now + timers.refusalWait
            if !hasSubscribed { until = now + timers.firstData }
            hasSubscribed = true
            watch.subscribed(at: now)
            unheardUntil = now + timers.firstData
            return [.subscribe(attempt: attempt, trial.request)]
        }
        guard wantsPing else { return [] }
        wantsPing = false
        pingedLast = true
        return [.sendPing(attempt: attempt)]
    }

    mutating func refused(_ attempt: Int, _ refusal: RefusalMessage, at now: Int64) -> [SessionAction] {
        guard attempt == self.attempt, isConnected else { return [] }
        if refusal.isRateLimit {
            let pause = messageBackoff.pauseMilliseconds(using: &jitter)
            messageNotBefore = now + 1_000 + pause
            if pingedLast { wantsPing = true } else { wantsRequest = true }
            trialUntil = nil
            return [.notice(.messagesLimited)]
        }
        // Our `PING` is not understood here: do without.
        guard !pingedLast else { return [] }
        trialUntil = nil
        var actions: [SessionAction] = []
        switch trial.refusedLast() {
        case .goesOn: break
        case .refused(let item): actions = [note([item], refusal, at: now)]
        case .refusedChannel(_, let items): actions = [note(items, refusal, at: now)]
        }
        guard !trial.request.isEmpty else { return actions + close(.refused, at: now) }
        wantsRequest = true
        return actions + askMessage(at: now)
    }

    private mutating func note(
        _ items: [SessionItem], _ refusal: RefusalMessage, at now: Int64
    ) -> SessionAction {
        for item in items { refused[item] = now + timers.refusedAgain }
        return .notice(.refused(items, refusal))
    }

    /// The request was not refused in time.
    private mutating func confirm(at now: Int64) -> [SessionAction] {
        trialUntil = nil
        messageBackoff.succeeded()
        guard trial.confirmed() else { return [] }
        wantsRequest = true
        return askMessage(at: now)
    }

    /// What waits for its time while the connection is open.
    mutating func subscriptionTick(at now: Int64) -> [SessionAction] {
        if let trialUntil, now >= trialUntil { return confirm(at: now) }
        if let time = unheardUntil, now >= time, trial.isOver {
            unheardUntil = nil
            let unheard = watch.unheard(among: trial.accepted)
            let fresh = unheard.filter { !noted.contains($0) }
            noted = Set(unheard)
            if !fresh.isEmpty, state == .live { return [.notice(.unheard(fresh))] }
        }
        if state == .live, trial.isOver, trialUntil == nil, refused.values.contains(where: { $0 <= now }) {
            refused = refused.filter { $0.value > now }
            return request(at: now)
        }
        return askMessage(at: now)
    }
}
