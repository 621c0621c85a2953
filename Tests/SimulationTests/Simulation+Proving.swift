import Capture
import Market
import Storage

/// The run with refill and proof: what only they can see, and what everything must come to.
extension Simulation {
    static let proofMillisecondsMax: Int64 = 600_000
    private static let calmStepMilliseconds: Int64 = 200

    mutating func proofLuck(_ share: Double) -> Bool {
        isStormy && share > 0 && Double.random(in: 0..<1, using: &proofRandom) < share
    }

    /// Throws at the first broken rule. Returns how many trades were missing and came back.
    mutating func prove() throws -> ProofSum {
        while now < Self.stormMilliseconds {
            try step()
            spoil()
        }
        note("the storm is over")
        isStormy = false
        for node in nodes {
            mend(node)
            node.startsAt = min(node.startsAt, now)
        }
        let dies = proofWeather.diesAfterMilliseconds.map { Self.stormMilliseconds + $0 }
        // Everything that was printed in the storm, and some minutes more when it dies late.
        let storm = SimulatedExchange.start.adding(milliseconds: max(Self.stormMilliseconds, dies ?? 0))
        let target = Timeframe.minute1.next(after: storm)
        var hasDied = dies == nil
        while now < Self.proofMillisecondsMax {
            try step(milliseconds: Self.calmStepMilliseconds)
            if !hasDied, let dies, now >= dies {
                hasDied = true
                for node in nodes where node.process?.machine.isReady == true {
                    kill(node, isPowerCut: false, until: now + 300)
                }
            }
            if hasDied, now % 1_000 == 0, isProven(until: target) { break }
        }
        guard isProven(until: target) else { throw broken("not proven until \(target): \(proofState)") }
        return try checkProof(until: target)
    }

    // MARK: What only proof sees

    /// A trade goes to the sockets, to REST, or to neither; the ticker counts it in any case.
    mutating func tell(_ trade: Trade) {
        var fate = SimulatedREST.Fate.sent
        if proofLuck(proofWeather.dropped) { fate = .dropped }
        if proofLuck(proofWeather.lost) { fate = .lost }
        exchange.rest.take(trade, fate)
        if fate == .sent { publish(trade) }
        if Int.random(in: 0..<2, using: &proofRandom) == 0, let ticker = exchange.rest.ticker(trade.symbol) {
            publish(ticker)
        }
    }

    /// In good weather some trades still come, or the connections would be taken for dead.
    mutating func printQuietly() {
        guard now % 400 == 0 else { return }
        for _ in 0..<3 {
            if let trade = exchange.print(at: now, &proofRandom, isPoison: false) { tell(trade) }
        }
    }

    /// Rows of the table vanish, or change.
    private mutating func spoil() {
        let seconds = Double(Self.stepMilliseconds) / 1_000
        if proofLuck(proofWeather.deletions * seconds), let key = anyRow() {
            note("\(key.symbol) \(key.id) vanishes from the table")
            server.spoil(key) { $0 = nil }
            spoilt.remove(key)
            vanished.insert(key)
        }
        if proofLuck(proofWeather.spoilings * seconds), let key = anyRow() {
            note("\(key.symbol) \(key.id) has another volume in the table")
            server.spoil(key) { $0?.volume.unscaled += 10 }
            spoilt.insert(key)
        }
    }

    private mutating func anyRow() -> TradeKey? {
        let times = claims
        let keys = server.rows.keys.filter { key in times[key.symbol].map { key.time >= $0 } ?? false }
        return keys.sorted { ($0.time, $0.symbol, $0.id) < ($1.time, $1.symbol, $1.id) }
            .randomElement(using: &proofRandom)
    }

    /// What is committed first says since when a market was heard.
    mutating func claim(_ trades: [Trade]) {
        guard isProving else { return }
        for trade in trades where claims[trade.symbol] == nil {
            let heard = max(trade.time, trade.receivedAt).adding(seconds: 1)
            claims[trade.symbol] = Timeframe.minute1.next(after: heard)
        }
    }

    // MARK: What everything must come to

    private func isProven(until target: Instant) -> Bool {
        let storing = nodes.compactMap(\.process).first { $0.machine.isReady && $0.isHeld }
        guard let process = storing, let proof = process.proof, proof.isIdle else { return false }
        let progress = proof.candles.progress
        guard SimulatedExchange.symbols.allSatisfy({ progress[$0].map { $0 >= target } ?? false }) else {
            return false
        }
        // The rows that extend are written now and then.
        let newest = server.newestRanges(.candle)
        return SimulatedExchange.symbols.allSatisfy {
            newest[$0].map { $0.interval.upperBound >= target } ?? false
        }
    }

    private var proofState: String {
        nodes.map { node in
            guard let process = node.process, let proof = process.proof else {
                return "\(node.name) does not run"
            }
            return "\(node.name): progress \(proof.candles.progress), \(proof.planner.count) refills, "
                + "\(proof.disputes.count) disputes, stores: \(process.machine.isReady)"
        }.joined(separator: "; ")
    }

    private func checkProof(until target: Instant) throws -> ProofSum {
        var sum = ProofSum()
        let gaps = server.gaps.values.filter { $0.status == .unfillable }
        let ranges = server.ranges.values
        guard server.gaps.values.allSatisfy({ $0.status != .open }) else { throw broken("a gap stays open") }
        for (symbol, printed) in exchange.rest.printed {
            guard let claim = claims[symbol], claim < target else { continue }
            try checkCover(symbol, claim..<target)
            for trade in printed where trade.time >= claim && trade.time < target {
                let key = TradeKey(trade)
                if exchange.rest.lost.contains(key) {
                    sum.lost += 1
                    let isTold = gaps.contains { $0.symbol == symbol && $0.interval.contains(trade.time) }
                    guard isTold else {
                        throw broken("\(symbol) \(key.id) at \(trade.time) is lost, and no gap says so")
                    }
                    continue
                }
                if exchange.rest.dropped.contains(key) { sum.dropped += 1 }
                guard let row = server.rows[key] else {
                    throw broken("\(symbol) \(key.id) at \(trade.time) is missing, and REST knows it")
                }
                guard row.volume == trade.volume else {
                    throw broken("\(symbol) \(key.id) at \(trade.time) is stored with another volume")
                }
            }
        }
        for gap in gaps where gap.interval.lowerBound >= claims[gap.symbol] ?? .epoch {
            guard
                exchange.rest.lost.contains(where: {
                    $0.symbol == gap.symbol && gap.interval.contains($0.time)
                })
            else { throw broken("nothing is lost in \(gap.symbol) \(gap.interval): \(gap.reason)") }
        }
        // REST knows better of every row that was spoilt, and nobody of a lost one.
        for range in ranges where range.status == .different {
            throw broken("\(range.symbol) \(range.interval) by \(range.method) is accused wrongly")
        }
        sum.repaired = ranges.count { $0.status == .repaired }
        guard refusedCalls == 0 else { throw broken("\(refusedCalls) calls were above the exchange's limit") }
        return sum
    }

    /// Every minute is in a row.
    private func checkCover(_ symbol: Symbol, _ claim: Range<Instant>) throws {
        let rows = server.ranges.values.filter { $0.symbol == symbol && $0.method == .candle }
            .sorted { $0.interval.lowerBound < $1.interval.lowerBound }
        var at = claim.lowerBound
        for row in rows where row.interval.lowerBound <= at { at = max(at, row.interval.upperBound) }
        guard at >= claim.upperBound else { throw broken("\(symbol) is not judged at \(at)") }
    }
}

/// What a run has seen.
struct ProofSum {
    var dropped = 0
    var lost = 0
    var repaired = 0

    static func + (left: ProofSum, right: ProofSum) -> ProofSum {
        ProofSum(
            dropped: left.dropped + right.dropped, lost: left.lost + right.lost,
            repaired: left.repaired + right.repaired)
    }
}
