/// Reading and delivering.
extension WebSocketSession {
    var mayRead: Bool {
        guard !isPaused, stallsUntil == nil else { return false }
        switch phase {
        case .open, .closing, .lingering: return true
        default: return false
        }
    }

    func readSome() {
        guard let transport else { return }
        for _ in 0..<Self.readsInTurnMax {
            if phase == .lingering {
                guard discardSome(transport) else { return }
                continue
            }
            let room = received.room(expected: reader.frameBytesExpected)
            guard !room.isEmpty else {
                // The bound of the buffer is above that of a message, so a frame always fits.
                refuse(.tooLarge(bounds.messageBytesMax))
                return
            }
            switch transport.read(into: room) {
            case .bytes(let count):
                received.received(count)
                let time = ReceiveTime.now()
                keepAlive.received(at: time.monotonicNanoseconds)
                process(at: time)
                guard mayRead else { return }
                // A short read has emptied the socket; in TLS only `waits` says so.
                if count < room.count, !transport.isEncrypted { return }
            case .waits(let readiness):
                if readiness == .writable { seat.loop.setInterest([.readable, .writable], of: self) }
                return
            case .ended:
                peerEnded()
                return
            case .failed(let error):
                fail(error)
                return
            }
        }
        seat.loop.again(self)
    }

    func process(at time: ReceiveTime) {
        do throws(Violation) {
            let used = try reader.read(received.filled) { event in
                self.take(event, at: time)
            }
            received.use(used)
        } catch {
            refuse(error)
            return
        }
        tellDelivered()
    }

    /// The end of a batch; before the news of an end, too.
    func tellDelivered() {
        guard hasUndelivered else { return }
        hasUndelivered = false
        consumer?.delivered(on: self)
    }

    func take(_ event: MessageReader.Event, at time: ReceiveTime) -> MessageReader.Next {
        switch event {
        case .message(let kind, let bytes):
            guard let consumer else { return .more }
            hasUndelivered = true
            if case .more = consumer.received(bytes, as: kind, at: time, on: self) { return .more }
            isPaused = true
            keepAlive.paused()
            applyInterest()
            return .pause
        case .ping(let payload):
            outbox.sendControl(.pong, payload)
            seat.loop.signal(self)
            consumer?.heardControl(on: self)
            return .more
        case .pong(let payload):
            consumer?.heardControl(on: self)
            ponged(payload, at: time)
            return .more
        case .close(let code, let reason):
            peerClosed(code, reason)
            return .pause
        }
    }

    /// A pong of the keep-alive is empty, and one that nobody asked for may hold anything.
    private func ponged(_ payload: UnsafeRawBufferPointer, at time: ReceiveTime) {
        guard payload.count == MemoryLayout<Int64>.size else { return }
        let roundTrip = time.monotonicNanoseconds &- payload.loadUnaligned(as: Int64.self)
        guard (0...Self.roundTripNanosecondsMax).contains(roundTrip) else { return }
        consumer?.ponged(on: self, roundTripNanoseconds: roundTrip)
    }

    private static let roundTripNanosecondsMax: Int64 = 600_000_000_000

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        keepAlive.resumed(at: Monotonic.nanoseconds())
        reattach()
        applyInterest()
        seat.loop.again(self)
    }

    /// Reads what nobody wants any more; false when there is nothing left to wait for.
    func discardSome(_ transport: Transport) -> Bool {
        var waste = [UInt8](repeating: 0, count: 16 * 1_024)
        switch waste.withUnsafeMutableBytes({ transport.read(into: $0) }) {
        case .bytes: return true
        case .waits: return false
        case .ended, .failed:
            release()
            return false
        }
    }
}
