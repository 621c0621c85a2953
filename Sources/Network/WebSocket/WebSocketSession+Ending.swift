/// Ending, in good order or not.
extension WebSocketSession {
    func startClosing(code: UInt16, reason: String) {
        switch phase {
        case .open:
            outbox.sendClose(CloseCode.isAllowedOnWire(code) ? code : CloseCode.normal, reason: reason)
            phase = .closing
            // A paused consumer would never see the peer's answer; the rest of its data is not wanted.
            if isPaused { resumeReading() }
            setPhaseDeadline(bounds.closeMillisecondsMax)
        case .silent:
            end(because: Self.closedByUs)
        default: break
        }
    }

    func peerClosed(_ code: UInt16?, _ reason: String) {
        let weBegan = phase == .closing
        outbox.sendClose(code, reason: "")
        phase = .answering
        if weBegan {
            tell(Self.closedByUs)
        } else {
            let words = reason.isEmpty ? "" : ": \(reason)"
            tell(
                NetworkError(
                    .closedByPeer, "the peer closed the connection with code \(code ?? 1_005)\(words)",
                    closeCode: code ?? 1_005))
        }
        setPhaseDeadline(bounds.closeMillisecondsMax)
        seat.loop.signal(self)
    }

    func peerEnded() {
        if phase == .closing {
            end(because: Self.closedByUs)
        } else {
            end(
                because: NetworkError(
                    .ended, "the peer ended the connection without a close frame",
                    remedy: "A reconnect mends it; if it recurs after two minutes, nothing was being sent."))
        }
    }

    /// The peer broke a rule: say which, then end.
    func refuse(_ violation: Violation) {
        outbox.sendClose(violation.closeCode, reason: violation.words)
        tell(violation.error)
        phase = .answering
        setPhaseDeadline(Self.lingerMilliseconds)
        writeSome()
    }

    /// The connection is of no use any more.
    func fail(_ error: NetworkError) {
        end(because: phase == .closing ? Self.closedByUs : error)
    }

    func linger() {
        phase = .lingering
        outbox.shut()
        transport?.finish()
        isPaused = false
        setPhaseDeadline(Self.lingerMilliseconds)
        applyInterest()
        seat.loop.again(self)
    }

    func end(because reason: NetworkError) {
        release()
        tell(reason)
    }

    func release() {
        guard phase != .ended else { return }
        phase = .ended
        outbox.shut()
        seat.loop.leave(self)
        transport?.close()
        transport = nil
        whenGone?()
        whenGone = nil
    }

    func tell(_ reason: NetworkError) {
        guard !hasToldReason else { return }
        hasToldReason = true
        tellDelivered()
        consumer?.closed(self, because: reason)
        consumer = nil
    }

    func becomeSilent() {
        seat.loop.detach(self)
        phase = .silent
        phaseDeadline = nil
        seat.loop.setDeadline(nil, of: self)
    }

    func stall(_ milliseconds: Int64) {
        seat.loop.detach(self)
        let now = Monotonic.nanoseconds()
        stallsUntil = now + milliseconds * 1_000_000
        armDeadline(at: now)
    }

    func setPhaseDeadline(_ milliseconds: Int64) {
        let now = Monotonic.nanoseconds()
        phaseDeadline = now + milliseconds * 1_000_000
        armDeadline(at: now)
    }

    func armDeadline(at now: Int64) {
        guard phase != .ended, phase != .silent else { return }
        var nearest = phaseDeadline
        if let stallsUntil { nearest = min(nearest ?? stallsUntil, stallsUntil) }
        if phase == .open {
            var due = now
            if case .wait(let until) = keepAliveOutlook(at: now) { due = until ?? Int64.max }
            if due < Int64.max { nearest = min(nearest ?? due, due) }
        }
        seat.loop.setDeadline(nearest, of: self)
    }

    /// What the keep-alive would do now, without doing it.
    func keepAliveOutlook(at now: Int64) -> KeepAlive.Action {
        var outlook = keepAlive
        return outlook.next(at: now)
    }
}
