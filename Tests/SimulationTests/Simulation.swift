import Capture
import Derivation
import Journal
import JournalKit
import Market
import Network
import Upbit

/// The whole capture path on one thread and a virtual clock, with an adversary that a seed determines.
struct Simulation {
    static let stepMilliseconds: Int64 = 20
    /// The adversary's time, then the longest that everything may take to come right.
    static let stormMilliseconds: Int64 = 12_000
    static let calmMillisecondsMax: Int64 = 240_000

    struct Flight {
        let id: Int
        let node: Int
        let incarnation: Int
        let lands: Int64
        let request: SimulatedServer.Request
        let isLast: Bool
        /// The server refuses for this reason instead.
        let failure: CommitFailure?
        /// The answer, not the commit, is lost.
        let losesAnswer: Bool
        /// Derivation as it was when this was sent.
        var derivation: DerivationCore?
    }

    let seed: UInt64
    let isTracing: Bool
    var random: JitterSource
    let weather: Weather
    var now: Int64 = 0
    var exchange = SimulatedExchange()
    var server = SimulatedServer()
    var nodes: [SimulatedNode]
    var flights: [Flight] = []
    var lastFlight = 0
    var budget = RateBudget(table: .upbit)
    var limiter = ServerLimiter(table: .upbit, phaseMicroseconds: 456_000)
    var isStormy = true
    var serverDownUntil: Int64 = 0
    var refusedConnects = 0
    var failovers = 0
    var trace: [String] = []
    /// Refill and proof are simulated, too; they have random numbers of their own.
    let isProving: Bool
    var proofRandom: JitterSource
    let proofWeather: ProofWeather
    var refusedCalls = 0
    /// From where on each market must be proven: the first whole minute after it was heard and stored.
    var claims: [Symbol: Instant] = [:]
    /// Rows that were deleted, too.
    var vanished: Set<TradeKey> = []
    /// Rows whose volume was changed behind everybody's back.
    var spoilt: Set<TradeKey> = []
    /// Nil where derivation takes no part: with proof, rows change behind its back.
    let derivationSettings: DerivationSettings?

    init(seed: UInt64, isTracing: Bool = false, isProving: Bool = false) {
        self.seed = seed
        self.isTracing = isTracing
        self.isProving = isProving
        random = JitterSource(seed: seed)
        var weather = Weather(&random)
        proofRandom = JitterSource(seed: seed ^ 0x5052_4F4F_4621)
        proofWeather = ProofWeather(&proofRandom)
        // What the database refuses can be proven by nobody.
        if isProving { weather.poison = 0 }
        self.weather = weather
        derivationSettings = isProving ? nil : Self.derivation(seed)
        nodes = (0..<(weather.hasStandby ? 2 : 1)).map { SimulatedNode($0) }
    }

    /// Random numbers of its own, so that a seed's weather is the same without it.
    private static func derivation(_ seed: UInt64) -> DerivationSettings? {
        var random = JitterSource(seed: seed ^ 0x4341_4E44_4C45)
        return try? DerivationSettings(
            timeframes: timeframes, graceMilliseconds: Int64.random(in: 0...2_000, using: &random),
            repairCandlesMax: Int.random(in: 1...12, using: &random))
    }

    mutating func note(_ text: @autoclosure () -> String) {
        if isTracing { trace.append("\(now) ms  \(text())") }
    }

    func broken(_ what: String) -> Violation {
        Violation(seed: seed, atMilliseconds: now, what: what, trace: trace)
    }

    mutating func chance(_ perSecond: Double) -> Bool {
        isStormy && perSecond > 0
            && Double.random(in: 0..<1, using: &random) < perSecond * Double(Self.stepMilliseconds) / 1_000
    }

    mutating func luck(_ share: Double) -> Bool {
        isStormy && share > 0 && Double.random(in: 0..<1, using: &random) < share
    }

    /// Throws at the first broken rule. Returns how many trades were stored.
    mutating func run() throws -> Int {
        while now < Self.stormMilliseconds { try step() }
        note("the storm is over")
        isStormy = false
        for node in nodes { mend(node) }
        // Each node alone: what its journal promised must come into the database.
        for node in nodes {
            for other in nodes where other !== node { kill(other, isPowerCut: false, until: .max) }
            node.startsAt = min(node.startsAt, now)
            let end = now + Self.calmMillisecondsMax
            while now < end, !(try isDrained(node)) { try step() }
            guard try isDrained(node) else {
                throw broken("\(node.name) has not stored its journal: \(state(of: node))")
            }
            node.startsAt = .max
        }
        try checkEverything()
        try closeEverything()
        return server.rows.count
    }

    mutating func step(milliseconds: Int64 = Self.stepMilliseconds) throws {
        now += milliseconds
        printTrades()
        try misbehave()
        try landFlights()
        for node in nodes { try step(node) }
    }

    private mutating func step(_ node: SimulatedNode) throws {
        if node.process == nil, now >= node.startsAt { try start(node) }
        guard let process = node.process, now >= process.suspendedUntil else { return }
        stepConnections(node, process)
        stepJournal(node, process)
        try stepIntake(node, process)
        stepLease(node, process)
        try stepCommit(node, process)
        stepProof(node, process)
    }

    private mutating func printTrades() {
        guard isStormy else {
            if isProving { printQuietly() }
            return
        }
        let expected = weather.tradesPerSecond * Double(Self.stepMilliseconds) / 1_000
        var count = Int(expected)
        if Double.random(in: 0..<1, using: &random) < expected - Double(count) { count += 1 }
        // Now and then a burst within one moment.
        if luck(0.01) { count += 40 }
        for _ in 0..<count {
            let isPoison = luck(weather.poison)
            guard let trade = exchange.print(at: now, &random, isPoison: isPoison) else { continue }
            if isProving { tell(trade) } else { publish(trade) }
        }
    }

    // MARK: what everything must come to

    func isDrained(_ node: SimulatedNode) throws -> Bool {
        guard let process = node.process else { return false }
        let last = node.frames.keys.max() ?? 0
        return server.positions[process.journal, default: 0] >= last
    }

    func state(of node: SimulatedNode) -> String {
        guard let process = node.process else { return "it does not run" }
        let position = server.positions[process.journal, default: 0]
        return "position \(position) of \(node.frames.keys.max() ?? 0), lease held \(process.isHeld), "
            + "\(process.waiting), feed at \(process.feed?.nextSequence ?? 0)"
    }

    private func checkEverything() throws {
        for node in nodes {
            for (sequence, frame) in node.frames {
                if let what = missing(frame, sequence, node) { throw broken("at the end \(what)") }
            }
        }
        var sum: Int128 = 0
        for (key, trade) in server.rows {
            guard let printed = exchange.ledger[key] else { throw broken("\(key) was never printed") }
            guard printed.price == trade.price, printed.volume == trade.volume, printed.side == trade.side
            else { throw broken("\(key) is stored with other figures") }
            sum += trade.volume.unscaled
        }
        guard sum == server.value else {
            throw broken("a participant saw rows worth \(server.value), and \(sum) are stored")
        }
        guard refusedConnects == 0 else {
            throw broken("\(refusedConnects) connects were above the exchange's limit")
        }
    }

    /// What a frame that the database has passed over lacks; nil when all of it is there.
    func missing(_ frame: SentFrame, _ sequence: UInt64, _ node: SimulatedNode) -> String? {
        if frame.isStatus { return nil }
        if frame.isBroken {
            return node.asideFrames.contains(sequence)
                ? nil : "the broken frame \(sequence) of \(node.name) is not in quarantine"
        }
        for key in frame.keys
        where server.rows[key] == nil && !node.asideTrades.contains(key) && !vanished.contains(key) {
            return "\(key.symbol) \(key.id) of frame \(sequence) of \(node.name) is missing"
        }
        return nil
    }

    var instant: Instant { Instant(microseconds: now * 1_000) }
}
