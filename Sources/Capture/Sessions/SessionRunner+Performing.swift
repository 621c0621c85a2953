import Diagnostics
import Market
import Network
import Quotation
import Synchronization
import Upbit

extension SessionRunner {
    func perform(_ actions: [FleetAction]) {
        for action in actions {
            switch action {
            case .session(let index, let action): perform(action, of: index)
            case .outage(let change): observer.outage(change)
            case .probeREST: observer.shouldProbeREST()
            }
        }
    }

    private func perform(_ action: SessionAction, of index: Int) {
        switch action {
        case .askTurn(let group): askTurn(group, for: index)
        case .connect(let attempt): connect(index, attempt)
        case .finishConnect(let outcome):
            if let permit = state.withLock({ $0.links[index].permit.take() }) { finish(permit, outcome) }
        case .subscribe(let attempt, let items): subscribe(index, attempt, items)
        case .sendPing(let attempt): _ = connection(index, attempt)?.send("PING")
        case .close(let attempt): connection(index, attempt)?.close()
        case .notice(let notice): observer.noticed(notice, of: index)
        }
    }

    private func connection(_ index: Int, _ attempt: Int) -> (any WebSocketConnection)? {
        state.withLock { $0.links[index].connections[attempt] }
    }

    private func connect(_ index: Int, _ attempt: Int) {
        let link = SessionLink(self, index: index, attempt: attempt)
        let connection = connecting.connect(settings.webSocketRequest, consumer: link)
        // It may have failed already: then nobody would ever take it away again.
        state.withLock { state in
            let session = state.fleet.sessions[index]
            guard session.attempt == attempt, session.mayHaveConnection else { return }
            state.links[index].connections[attempt] = connection
        }
    }

    private func subscribe(_ index: Int, _ attempt: Int, _ items: [SessionItem]) {
        let request = settings.request(for: items, ticket: "yeoul-\(index)-\(attempt)")
        do throws(UpbitError) {
            let bytes = try request.encoded(for: settings.profile)
            _ = connection(index, attempt)?.send(bytes, as: .text)
        } catch {
            // We refuse it ourselves: the part that is wrong is found in the same way.
            let refusal = RefusalMessage(name: "NOT_SENT", message: error.description)
            decide { fleet, now in fleet.handle(.refused(attempt: attempt, refusal), of: index, at: now) }
        }
    }

    /// Asks the budget of all processes of this address.
    private func askTurn(_ group: RateGroup, for index: Int) {
        Task {
            do {
                let (decision, asked) = try await budget.request(group, priority: .refill)
                switch decision {
                case .granted(let permit): use(permit, for: index)
                case .wait(let until):
                    // Turns under way count with their longest time, and most come back much sooner.
                    let pause = until.microseconds(since: asked) / 1_000 + 1
                    deny(group, index, afterMilliseconds: min(pause, Self.askAgainMilliseconds))
                case .stopped(let until):
                    deny(group, index, afterMilliseconds: until.microseconds(since: asked) / 1_000 + 1)
                }
            } catch {
                // The budget cannot be read: nobody calls without a turn.
                deny(group, index, afterMilliseconds: Self.brokenBudgetMilliseconds)
            }
        }
    }

    private static let askAgainMilliseconds: Int64 = 500
    private static let brokenBudgetMilliseconds: Int64 = 1_000

    private func deny(_ group: RateGroup, _ index: Int, afterMilliseconds: Int64) {
        decide { fleet, now in
            fleet.handle(.noTurn(group, untilMilliseconds: now + afterMilliseconds), of: index, at: now)
        }
    }

    private func use(_ permit: RatePermit, for index: Int) {
        let now = Monotonic.milliseconds()
        let (actions, isUsed) = state.withLock { state in
            let actions = state.fleet.handle(.turn(permit.group), of: index, at: now)
            let isUsed = actions.contains { action in
                guard case .session(_, let action) = action else { return false }
                switch action {
                case .connect, .subscribe, .sendPing: return true
                default: return false
                }
            }
            if isUsed, permit.group == .webSocketConnect { state.links[index].permit = permit }
            return (actions, isUsed)
        }
        perform(actions)
        if !isUsed {
            finish(permit, .unused)
        } else if permit.group == .webSocketMessage {
            finish(permit, .sent)
        }
    }

    /// A permit that cannot be given back expires by itself.
    private func finish(_ permit: RatePermit, _ outcome: RateOutcome) {
        let budget = budget
        Task { try? await budget.finish(permit, outcome) }
    }
}
