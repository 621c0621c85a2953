import Glibc

/// Writing.
extension WebSocketSession {
    var mayWrite: Bool {
        guard stallsUntil == nil else { return false }
        switch phase {
        case .open, .closing, .answering: return true
        default: return false
        }
    }

    func writeSome() {
        guard let transport, mayWrite else { return }
        for _ in 0..<Self.writesInTurnMax {
            if inFlightOffset == inFlight.count {
                inFlightOffset = 0
                outbox.take(&inFlight)
            }
            var result = TransportResult.bytes(0)
            if !inFlight.isEmpty {
                result = inFlight.withUnsafeBytes { bytes in
                    transport.write(UnsafeRawBufferPointer(rebasing: bytes[inFlightOffset...]))
                }
            }
            switch result {
            case .bytes(let count):
                inFlightOffset += count
                guard wrote(count) else { return }
            case .waits:
                waitsToWrite = true
                applyInterest()
                guard wrote(0) else { return }
                return
            case .ended:
                fail(.system(ECONNRESET, during: "sending"))
                return
            case .failed(let error):
                // What the peer said before it went may still be there to read: a close frame, say.
                if mayRead { readSome() }
                fail(error)
                return
            }
        }
        seat.loop.again(self)
    }

    /// False when there is nothing more to write now.
    func wrote(_ count: Int) -> Bool {
        let progress = outbox.wrote(count)
        let hasRest = inFlightOffset < inFlight.count
        let now = Monotonic.nanoseconds()
        keepAlive.wrote(some: count > 0, rest: hasRest, at: now)
        if count == 0, hasRest { armDeadline(at: now) }
        if progress.overflowed {
            fail(
                NetworkError(
                    .queueFull, "the peer reads too slowly: \(bounds.queuedBytesMax) bytes wait for it",
                    remedy: "It may reconnect; raise the queue's bound if it is only bursts."))
            return false
        }
        if progress.hasRoomAgain { consumer?.canSend(on: self) }
        if hasRest || progress.hasPending { return true }
        if waitsToWrite {
            waitsToWrite = false
            applyInterest()
        }
        finishIfDue(progress.ending)
        return false
    }

    func finishIfDue(_ ending: Outbox.Ending?) {
        switch ending {
        case nil: break
        case .closeHandshake:
            if phase == .answering { linger() }
        case .vanish:
            tell(Self.closedByUs)
            linger()
        case .reset:
            transport?.reset()
            end(because: Self.closedByUs)
        }
    }

    func applyInterest() {
        guard phase != .silent, stallsUntil == nil else { return }
        var interest: Readiness = []
        if mayRead { interest.insert(.readable) }
        if waitsToWrite { interest.insert(.writable) }
        seat.loop.setInterest(interest, of: self)
    }

    func reattach() {
        guard seat.descriptor < 0, let transport, phase != .ended else { return }
        do throws(NetworkError) {
            try seat.loop.attach(self, to: transport.descriptor, interest: .readable)
            applyInterest()
        } catch {
            fail(error)
        }
    }
}
