import Capture
import Journal
import Market
import Storage
import Upbit

/// What `GapDetector` and `RefillService` perform.
extension Simulation {
    func clock(_ proof: SimulatedProof, _ process: SimulatedProcess) -> ProofClock {
        proof.time.set(offsetMicroseconds: process.intake.clock.offsetMicroseconds)
        let exchange = proof.time.now(
            monotonicNanoseconds: now * 1_000_000, wall: SimulatedExchange.start.adding(milliseconds: now))
        return ProofClock(milliseconds: now, exchange: exchange)
    }

    mutating func detect(_ proof: SimulatedProof, _ process: SimulatedProcess) {
        let connections = process.fleet.sessions.enumerated().map { index, machine in
            CoverageTracker.Connection(
                index: index, attempt: machine.attempt,
                isLive: machine.state == .live || machine.state == .stale,
                symbols: Set(machine.items.lazy.filter { $0.channel == .trade }.map(\.symbol)),
                lastDataMilliseconds: machine.watch.lastDataAt)
        }
        let clock = clock(proof, process)
        proof.waiting += proof.tracker.look(connections, now: clock)
        if !proof.tracker.knowsBaseline, !server.isDown {
            let earlier = server.rows.values.lazy.filter { $0.receivedAt < proof.startedAt }
            proof.waiting += proof.tracker.learn(baseline: earlier.map(\.time).max())
        }
        guard process.machine.isReady, proof.tracker.knowsBaseline else { return }
        for gap in proof.waiting {
            note("missed: \(gap.symbol) \(gap.interval), \(gap.reason)")
            open(RefillRequest(gap.symbol, gap.interval, reason: gap.reason), proof)
        }
        proof.waiting = []
        begin(proof)
    }

    private mutating func begin(_ proof: SimulatedProof) {
        guard !server.isDown else { return }
        let heard = proof.tracker.takeFirstHeard()
        guard !heard.isEmpty else { return }
        let newest = server.newestRanges(.candle)
        if !proof.isResumed {
            for range in newest.values { proof.ranges.resume(range) }
            proof.holes = server.holes(.candle)
            proof.isResumed = true
        }
        let stored = server.heardSince()
        for (symbol, instant) in heard {
            let from = newest[symbol]?.interval.upperBound ?? min(instant, stored[symbol] ?? instant)
            note("the proof of \(symbol) begins with \(from)")
            proof.candles.begin(symbol, at: from)
        }
    }

    mutating func open(_ request: RefillRequest, _ proof: SimulatedProof) {
        proof.book.take([Gap(request.symbol, request.interval, reason: request.reason)])
        proof.toOpen.append(request)
    }

    mutating func refill(_ node: SimulatedNode, _ process: SimulatedProcess, _ proof: SimulatedProof) {
        let clock = clock(proof, process)
        poll(proof)
        writeGaps(proof)
        proof.planner.committed(through: proof.position)
        for action in proof.planner.actions(clock) {
            switch action {
            case .count(let job, let symbol, let interval):
                if server.isDown {
                    proof.planner.failed(job, .temporary("the server is down"), now: clock)
                } else {
                    proof.planner.counted(job, Int64(server.list(symbol, interval).count))
                }
            case .fetch(let job, let page): proof.calls.append(.page(job: job, page))
            case .finished(let outcome): finish(outcome, proof)
            }
        }
    }

    /// What an earlier run left open or found lost.
    private mutating func poll(_ proof: SimulatedProof) {
        guard now >= proof.pollAt, !server.isDown else { return }
        if proof.pollAt == .min {
            proof.book.take(server.gaps.values.filter { $0.status == .unfillable })
        }
        proof.pollAt = now + 5_000
        if proof.told.interval(now: now) != nil {
            proof.toWrite += proof.told.missing(from: Array(server.gaps.values))
        }
        let known = Set(
            (proof.planner.requests + proof.toOpen).map {
                SimulatedServer.GapKey(symbol: $0.symbol, from: $0.interval.lowerBound)
            } + proof.toWrite.map(SimulatedServer.GapKey.init))
        for (key, gap) in server.gaps.sorted(by: { $0.key < $1.key })
        where gap.status == .open && !known.contains(key) {
            open(RefillRequest(gap.symbol, gap.interval, reason: gap.reason), proof)
        }
    }

    private mutating func writeGaps(_ proof: SimulatedProof) {
        guard !proof.toOpen.isEmpty || !proof.toWrite.isEmpty, !server.isDown, !server.isReadOnly else {
            return
        }
        server.write(proof.toOpen.map { Gap($0.symbol, $0.interval, reason: $0.reason) })
        server.write(proof.toWrite)
        proof.told.add(proof.toWrite, now: now)
        proof.toWrite = []
        proof.toOpen.removeAll { proof.planner.add($0) }
    }

    private mutating func finish(_ outcome: RefillOutcome, _ proof: SimulatedProof) {
        let gaps = outcome.gaps
        proof.book.take(gaps)
        proof.toWrite += gaps
        let request = outcome.request
        note("refilled \(request.symbol) \(request.interval): \(outcome.tradesFilled) of \(request.reason)")
        guard request.tag != 0 else { return }
        var comparison: TradeComparison?
        if let rest = outcome.trades, outcome.filled == request.interval, !server.isDown {
            comparison = TradeComparison(ours: server.list(request.symbol, request.interval), rest: rest)
        }
        settle(proof.disputes.refilled(request.tag, outcome, comparison, now: now), proof)
    }

    /// A page as it came: journalled unless all of it is stored.
    mutating func take(
        _ page: RefillPageRequest, job: Int, _ node: SimulatedNode, _ process: SimulatedProcess,
        _ proof: SimulatedProof
    ) {
        let visible = SimulatedExchange.start.adding(milliseconds: now - proofWeather.lagMilliseconds)
        let trades = exchange.rest.page(page, visible: visible)
        var sequence: UInt64 = 0
        let areStored = !server.isDown && trades.allSatisfy { server.rows[TradeKey($0)] != nil }
        if !areStored {
            let frame = SentFrame(
                bytes: RESTEncoder.trades(trades.map { TradeRow($0) }), keys: trades.map(TradeKey.init),
                isStatus: false)
            let label = RestLabel(market: page.symbol.description, request: "/trades/ticks")
            let outcome = frame.bytes.withUnsafeBytes {
                process.core.append(
                    kind: .restPage, connection: 0, time: process.time(now), label: label.text, payload: $0)
            }
            guard case .accepted(let taken) = outcome else {
                let clock = clock(proof, process)
                return proof.planner.failed(job, .temporary("the journal is full"), now: clock)
            }
            node.frames[taken] = frame
            sequence = taken
        }
        proof.planner.page(job, trades, sequence: sequence, now: clock(proof, process))
    }
}
