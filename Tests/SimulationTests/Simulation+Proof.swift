import Capture
import Journal
import Market
import Storage
import Upbit

/// What `ProofService` performs, and the calls of REST.
extension Simulation {
    static let proofStepMilliseconds: Int64 = 200

    mutating func stepProof(_ node: SimulatedNode, _ process: SimulatedProcess) {
        guard let proof = process.proof, now % Self.proofStepMilliseconds == 0 else { return }
        detect(proof, process)
        proof.watch.look(
            last: process.core.figures.lastSequence, committed: proof.position, at: now)
        call(proof)
        land(node, process, proof)
        guard process.machine.isReady else { return }
        refill(node, process, proof)
        ask(process, proof)
        while let hole = proof.holes.last, proof.disputes.resume(hole, now: now) {
            note("\(hole.symbol) \(hole.interval) was left unjudged")
            proof.holes.removeLast()
        }
        for action in proof.disputes.actions(now: now) { perform(action, proof) }
        writeRanges(proof)
    }

    // MARK: Calls

    private mutating func call(_ proof: SimulatedProof) {
        var stopped: Set<RateGroup> = []
        let calls = proof.calls
        proof.calls = []
        for call in calls {
            guard !stopped.contains(call.group),
                case .granted(let permit) = budget.request(call.group, priority: call.priority, now: instant)
            else {
                stopped.insert(call.group)
                proof.calls.append(call)
                continue
            }
            var outcome = SimulatedProof.Outcome.answered
            if case .allowed = limiter.judge(call.group, now: instant) {
                if proofLuck(proofWeather.failures) { outcome = .failed }
                if proofLuck(proofWeather.refusals) { outcome = .tooMany }
            } else {
                refusedCalls += 1
                outcome = .tooMany
            }
            let lands = now + Int64.random(in: 20...800, using: &proofRandom)
            proof.flights.append(
                SimulatedProof.Flight(call: call, lands: lands, permit: permit, outcome: outcome))
        }
    }

    private mutating func land(
        _ node: SimulatedNode, _ process: SimulatedProcess, _ proof: SimulatedProof
    ) {
        let due = proof.flights.filter { now >= $0.lands }
        proof.flights.removeAll { now >= $0.lands }
        for flight in due {
            let spent: RateOutcome =
                switch flight.outcome {
                case .answered: .answered(nil)
                case .failed: .lost
                case .tooMany: .tooMany(retryAfterSeconds: nil)
                }
            budget.finish(flight.permit, spent, now: instant)
            let isAnswered = flight.outcome == .answered
            switch flight.call {
            case .page(let job, let page):
                if isAnswered {
                    take(page, job: job, node, process, proof)
                } else {
                    proof.planner.failed(job, .temporary("as the seed says"), now: clock(proof, process))
                }
            case .minutes(let question): answer(question, isAnswered, process, proof)
            case .look(let dispute, let symbol, let interval):
                var look: Dispute.Look?
                if isAnswered, !server.isDown {
                    let margin: Int64 = 120
                    let start = interval.lowerBound.adding(seconds: -margin)
                    let settled = Timeframe.minute1.start(
                        of: clock(proof, process).exchange.adding(seconds: -15))
                    let end = max(
                        interval.upperBound, min(interval.upperBound.adding(seconds: margin), settled))
                    let page = page(symbol, start..<end)
                    look = CandleVerdict.look(page, of: symbol, at: interval)
                }
                settle(looked(dispute, look, symbol, interval, proof), proof)
            }
        }
    }

    // MARK: Questions

    private mutating func ask(_ process: SimulatedProcess, _ proof: SimulatedProof) {
        let book = proof.book
        let room = DisputeBook.openMax - proof.disputes.count
        guard room > 0 else { return }
        let committed = proof.watch.committedMilliseconds
        let questions = proof.tap.with {
            $0.questions(
                now: now, committedMilliseconds: committed, most: room, isHeld: { book.isOpen($0, $1) })
        }
        for question in questions { compare(question, proof) }
        let clock = clock(proof, process)
        let behind = now - max(committed, now - 86_400_000)
        let question = proof.candles.question(
            clock, committed: clock.exchange.adding(milliseconds: -behind),
            openFrom: { book.openFrom($0, $1) })
        if let question { proof.calls.append(.minutes(question)) }
    }

    private mutating func compare(_ question: StreamProof.Question, _ proof: SimulatedProof) {
        guard !server.isDown else { return proof.tap.with { $0.noAnswer(question, now: now) } }
        let window = question.window
        let first = window.first.time
        var stored = StreamWindow.Stored()
        for trade in server.list(window.symbol, first..<window.interval.upperBound) {
            if trade.time == first {
                stored.atFirst.append(trade)
            } else if trade.time == window.last.time {
                stored.atLast.append(trade)
            } else {
                stored.between += TradeFigures(trade)
            }
        }
        let (book, moment, answered) = (proof.book, self.now, stored)
        let verdict = proof.tap.with {
            $0.answer(
                question, answered, now: moment,
                isLost: { book.explains(window.symbol, window.interval, $0) })
        }
        switch verdict {
        case .range(let range): proof.ranges.add(range)
        case .disputed(let window, let ours):
            let range = ReconciledRange(
                window.symbol, .ticker, window.interval, .different, ours: ours, exchange: window.exchange)
            dispute(.stream(window), range, proof)
        case nil: break
        }
    }

    private mutating func answer(
        _ question: CandleProof.Question, _ isAnswered: Bool, _ process: SimulatedProcess,
        _ proof: SimulatedProof
    ) {
        let clock = clock(proof, process)
        guard isAnswered, !server.isDown else { return proof.candles.noAnswer(question, clock) }
        let page = page(question.symbol, question.interval)
        let (book, disputes) = (proof.book, proof.disputes)
        let answer = proof.candles.answer(
            question, page, clock, isLost: { book.explains(question.symbol, $0, $1) },
            isDisputed: { disputes.isDisputed(question.symbol, $0) })
        for range in answer.ranges { proof.ranges.add(range) }
        for range in answer.disputes { dispute(.candle(range.interval), range, proof) }
    }

    private func page(_ symbol: Symbol, _ interval: Range<Instant>) -> CandlePage {
        let visible = SimulatedExchange.start.adding(milliseconds: now - proofWeather.lagMilliseconds)
        let candles = exchange.rest.candles(
            symbol, interval, byPublication: proofWeather.byPublication, visible: visible)
        let behind = interval.upperBound.adding(milliseconds: CandleMinute.edgeMilliseconds)
        var minutes: [Instant: CandleMinute] = [:]
        let before = interval.lowerBound.adding(milliseconds: -CandleMinute.edgeMilliseconds)
        for trade in server.list(symbol, before..<behind) {
            let time = Timeframe.minute1.start(of: trade.time)
            let into = trade.time.microseconds(since: time) / 1_000
            let figures = TradeFigures(trade)
            var minute = minutes[time] ?? CandleMinute(time: time)
            minute.ours += figures
            minute.trades += 1
            if into < CandleMinute.edgeMilliseconds { minute.head.append(figures) }
            if into >= 60_000 - CandleMinute.edgeMilliseconds { minute.tail.insert(figures, at: 0) }
            minutes[time] = minute
        }
        let starts = stride(
            from: interval.lowerBound.microseconds, to: interval.upperBound.microseconds, by: 60_000_000
        ).map { Instant(microseconds: $0) }
        let both = starts.map { start in
            var minute = minutes[start] ?? CandleMinute(time: start)
            minute.exchange = candles[start]
            return minute
        }
        return CandlePage(
            minutes: both, lead: minutes[interval.lowerBound.adding(seconds: -60)]?.tail ?? [],
            nextHead: minutes[interval.upperBound]?.head ?? [])
    }

    // MARK: Disputes

    private mutating func dispute(
        _ subject: Dispute.Subject, _ range: ReconciledRange, _ proof: SimulatedProof
    ) {
        note("\(range.symbol) differs by \(range.method) in \(range.interval)")
        settle(proof.disputes.open(subject, range, now: now), proof)
    }

    private func looked(
        _ id: Int, _ look: Dispute.Look?, _ symbol: Symbol, _ interval: Range<Instant>,
        _ proof: SimulatedProof
    ) -> DisputeBook.Action? {
        let book = proof.book
        return proof.disputes.looked(id, look, now: now) { book.explains(symbol, interval, $0) }
    }

    private mutating func perform(_ action: DisputeBook.Action, _ proof: SimulatedProof) {
        switch action {
        case .refill(let request): open(request, proof)
        case .look(let id, .candle(let interval), let symbol):
            proof.calls.append(.look(dispute: id, symbol, interval))
        case .look(let id, .stream(let window), let symbol):
            var look: Dispute.Look?
            if !server.isDown {
                look = window.look(server.list(symbol, window.first.time..<window.interval.upperBound))
            }
            settle(looked(id, look, symbol, window.interval, proof), proof)
        case .correct(let id, let trades):
            if server.isDown || server.isReadOnly {
                proof.disputes.notCorrected(id, trades, now: now)
            } else {
                server.correct(trades)
                proof.disputes.corrected(id, now: now)
            }
        case .settled: settle(action, proof)
        }
    }

    mutating func settle(_ action: DisputeBook.Action?, _ proof: SimulatedProof) {
        guard case .settled(let range, let gaps, let shortfall, _) = action else { return }
        note("\(range.symbol) \(range.interval) by \(range.method) is \(range.status)")
        proof.ranges.add(range)
        let isKnown = shortfall.map { proof.book.explains(range.symbol, range.interval, $0) } ?? false
        if isKnown { return }
        proof.book.take(gaps)
        proof.toWrite += gaps
    }

    private mutating func writeRanges(_ proof: SimulatedProof) {
        let all = now >= proof.flushAt
        guard all || proof.ranges.hasOthers, !server.isDown, !server.isReadOnly else { return }
        if all { proof.flushAt = now + 4_000 }
        server.write(proof.ranges.take(all: all))
    }
}
