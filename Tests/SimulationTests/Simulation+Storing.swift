import Capture
import Derivation
import Journal
import Market
import Storage

/// From the journal into the database.
extension Simulation {
    mutating func stepIntake(_ node: SimulatedNode, _ process: SimulatedProcess) throws {
        guard process.isReading else { return }
        for _ in 0..<20 where process.open.rowCount < process.openRowsMax {
            let item: FeedItem
            do {
                guard let feed = process.feed else { return }
                item = try feed.poll(bytesMax: 4_096)
            } catch {
                note("\(node.name) cannot read its journal: \(error)")
                return
            }
            switch item {
            case .frames(let batch):
                batch.forEach { process.intake.take($0.head, label: $0.label, $0.payload) }
                let taken = process.intake.takeBatch()
                process.throughNanoseconds = taken.throughNanoseconds
                process.open.append(taken)
            case .hole(let hole):
                guard hole.isLoss else { continue }
                for sequence in hole.first...min(hole.last, hole.first + 10_000)
                where node.frames[sequence] != nil && sequence <= process.core.figures.syncedThrough {
                    // The journal let go of it when the database had it; then a standby took over that has not.
                    if failovers > 0, hole.reason == .gone, sequence <= process.core.committedThrough {
                        node.frames[sequence] = nil
                        continue
                    }
                    throw broken("the feed of \(node.name) leaves out frame \(sequence): \(hole.reason)")
                }
            case .nothing, .ended:
                process.throughNanoseconds = process.time(now).monotonicNanoseconds
                return
            }
        }
    }

    mutating func stepLease(_ node: SimulatedNode, _ process: SimulatedProcess) {
        guard now >= process.leaseAt else { return }
        let event: LeaseMachine.Event
        do throws(SimulatedServer.Refusal) {
            switch process.leaseAction {
            case .wait:
                event = process.isFoundLost ? .foundLost : .waited
                process.isFoundLost = false
            case .claim:
                let epoch = try server.claim(process.owner, process.journal, at: now)
                process.isHeld = epoch != nil
                if let epoch { note("\(node.name) has the lease with epoch \(epoch)") }
                event = .claimed(epoch != nil)
            case .renew:
                let isOurs = try server.renew(process.owner, at: now)
                if !isOurs { process.isHeld = false }
                event = .renewed(isOurs)
            // Its transactions are done at once, and hold nothing between.
            case .endSilent: event = .ended
            }
        } catch {
            event = .failed
        }
        process.leaseAction = process.lease.next(event)
        if case .wait(let milliseconds) = process.leaseAction { process.leaseAt = now + milliseconds }
    }

    mutating func stepCommit(_ node: SimulatedNode, _ process: SimulatedProcess) throws {
        // What takes no time is done in one step, within bounds.
        for _ in 0..<8 {
            let event: CommitMachine.Event
            switch process.waiting {
            case .event(let due): event = due
            case .until(let time, let due):
                guard now >= time else { return }
                event = due
            case .rows(let notBefore, let deadline):
                guard let due = take(process, notBefore, deadline) else { return }
                event = due
            case .answer, .nothing: return
            }
            process.waiting = .nothing
            let jitter = Double.random(in: 0..<1, using: &random)
            process.waiting = perform(
                process.machine.next(event, now: now, jitter: jitter), node, process)
        }
    }

    private func take(
        _ process: SimulatedProcess, _ notBefore: Int64, _ deadline: Int64
    ) -> CommitMachine.Event? {
        let isIdleLong = !process.open.isEmpty && now - process.lastCommitAt >= BatchSlot.idleMilliseconds
        if now >= notBefore, process.hasWork || isIdleLong {
            process.batch = process.open
            process.batch.throughNanoseconds = process.throughNanoseconds
            process.open = PreparedBatch()
            return .taken(rows: process.batch.rowCount, position: process.batch.position)
        }
        return now >= deadline ? .nothing : nil
    }

    private mutating func perform(
        _ action: CommitMachine.Action, _ node: SimulatedNode, _ process: SimulatedProcess
    ) -> SimulatedProcess.Waiting {
        do throws(SimulatedServer.Refusal) {
            switch action {
            case .connect:
                server.disconnect(process.session)
                process.session = nil
                process.session = try server.connect()
                return .until(now + 20, .connected)
            case .open:
                guard let session = process.session else {
                    return .event(.failed(.connection, isOpen: false))
                }
                guard process.isHeld else { return .event(.failed(.lease, isOpen: true)) }
                let found = try server.open(session, process.owner, process.journal)
                process.epoch = found.epoch
                process.derivation?.sessionBegan()
                if let position = found.position { process.core.committed(through: position) }
                return .until(now + 20, .opened(found.position))
            case .take(let notBefore): return .rows(notBefore: notBefore, deadline: max(notBefore, now) + 50)
            case .commit(let rows, let isLast, let suspects):
                return commit(rows, isLast, suspects, node, process)
            case .check:
                guard let session = process.session else {
                    return .event(.failed(.connection, isOpen: false))
                }
                return .until(
                    now + 20,
                    .checked(try server.look(session, process.owner, process.journal, process.epoch)))
            case .wait(let milliseconds): return .until(now + milliseconds, .waited)
            case .goBack(let position):
                note("\(node.name) reads its journal behind \(position)")
                process.intake.forget()
                process.open = PreparedBatch()
                process.batch = PreparedBatch()
                process.throughNanoseconds = nil
                do {
                    process.feed = try process.core.feed(after: position)
                } catch {
                    note("no feed: \(error)")
                }
                process.isReading = process.feed != nil
                return .event(.wentBack)
            case .finish: return .nothing
            }
        } catch {
            guard case .failure(let failure, let isOpen) = error else { return .nothing }
            if failure == .lease { loseLease(process) }
            return .event(.failed(failure, isOpen: isOpen))
        }
    }

    private func loseLease(_ process: SimulatedProcess) {
        process.isHeld = false
        process.isFoundLost = true
    }

    private mutating func commit(
        _ rows: Range<Int>, _ isLast: Bool, _ suspects: [Int], _ node: SimulatedNode,
        _ process: SimulatedProcess
    ) -> SimulatedProcess.Waiting {
        if isLast { putAside(suspects, node, process) }
        lastFlight += 1
        var latency = Int64.random(in: 5...60, using: &random)
        // Some hang for longer than a lease lives.
        if luck(0.02) { latency = Int64.random(in: 500...9_000, using: &random) }
        let kinds: [CommitFailure] = [.passing, .exhausted, .connection, .readOnly, .other]
        let request = SimulatedServer.Request(
            session: process.session ?? 0, owner: process.owner, journal: process.journal,
            epoch: process.epoch, trades: process.batch.rows(rows).trades,
            position: isLast ? process.batch.position : nil)
        let through = isLast ? process.batch.throughNanoseconds : nil
        process.derivation?.willCommit(
            through: through.map { SimulatedExchange.start.adding(milliseconds: $0 / 1_000_000) })
        flights.append(
            Flight(
                id: lastFlight, node: node.index, incarnation: process.incarnation, lands: now + latency,
                request: request, isLast: isLast,
                failure: luck(weather.commitFailures) ? kinds.randomElement(using: &random) : nil,
                losesAnswer: luck(weather.lostAnswers), derivation: process.derivation))
        if luck(weather.lostAnswers / 2) {
            // The connection breaks at once, and the server goes on with what it was told.
            note("\(node.name) loses its connection in a commit")
            process.derivation?.didNotCommit()
            return .event(.failed(.outcomeUnknown, isOpen: false))
        }
        return .answer(lastFlight)
    }

    private func putAside(_ suspects: [Int], _ node: SimulatedNode, _ process: SimulatedProcess) {
        for entry in process.batch.aside {
            if let sequence = entry.sequence { node.asideFrames.insert(sequence) }
        }
        process.batch.aside = []
        for number in suspects {
            for trade in process.batch.rows(number..<(number + 1)).trades {
                node.asideTrades.insert(TradeKey(trade))
            }
        }
    }

    /// Commits whose time has come are done by the server, whoever still waits for them.
    mutating func landFlights() throws {
        let due = flights.filter { now >= $0.lands }
        guard !due.isEmpty else { return }
        flights.removeAll { now >= $0.lands }
        for flight in due.sorted(by: { $0.lands < $1.lands }) { try land(flight) }
    }

    private mutating func land(_ flight: Flight) throws {
        var flight = flight
        let exchangeNow = SimulatedExchange.start.adding(milliseconds: now)
        let node = nodes[flight.node]
        var event = CommitMachine.Event.committed
        if let failure = flight.failure {
            let isOpen = failure != .connection
            if !isOpen { server.disconnect(flight.request.session) }
            event = .failed(failure, isOpen: isOpen)
            // Every second fails after derivation has done its part.
            if flight.id % 2 == 0 {
                do throws(SimulatedServer.Refusal) {
                    try server.rehearse(flight.request, &flight.derivation, at: exchangeNow)
                } catch {
                    if case .derivation(let what) = error { throw broken("derivation failed: \(what)") }
                }
            }
            flight.derivation?.didNotCommit()
        } else {
            let before = server.positions[flight.request.journal, default: 0]
            do throws(SimulatedServer.Refusal) {
                try server.commit(flight.request, &flight.derivation, at: exchangeNow)
                if flight.losesAnswer {
                    flight.derivation?.didNotCommit()
                } else {
                    flight.derivation?.didCommit()
                }
                claim(flight.request.trades)
                if flight.losesAnswer {
                    note("the answer of a commit of \(node.name) is lost")
                    server.disconnect(flight.request.session)
                    event = .failed(.outcomeUnknown, isOpen: false)
                }
            } catch {
                flight.derivation?.didNotCommit()
                switch error {
                case .failure(let failure, let isOpen): event = .failed(failure, isOpen: isOpen)
                case .derivation(let what): throw broken("derivation failed: \(what)")
                }
            }
            try checkDerived()
            try check(node, after: before, through: server.positions[flight.request.journal, default: 0])
        }
        guard let process = node.process, process.incarnation == flight.incarnation,
            case .answer(flight.id) = process.waiting
        else { return }
        process.lastCommitAt = now
        process.derivation = flight.derivation
        if event == .committed, flight.isLast {
            process.core.committed(through: process.batch.position)
            process.proof?.position = process.batch.position
        }
        if case .failed(.lease, _) = event { loseLease(process) }
        process.waiting = .event(event)
    }

    /// The rule of the whole: what the position passes is stored, or put aside.
    private func check(_ node: SimulatedNode, after before: UInt64, through position: UInt64) throws {
        guard before < position else { return }
        for sequence in (before + 1)...position {
            guard let frame = node.frames[sequence], let what = missing(frame, sequence, node) else {
                continue
            }
            throw broken("position \(position), and \(what)")
        }
    }
}
