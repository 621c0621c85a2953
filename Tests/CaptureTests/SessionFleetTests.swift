import Capture
import Market
import Network
import Testing
import Upbit

/// All connections together with a made-up exchange: what it does follows from a seed.
private struct FleetWorld {
    struct Socket {
        var attempt: Int
        var opensAt: Int64?
        var isOpen = false
        var isSubscribed = false
        var isMute = false
    }

    var fleet: SessionFleet
    var now: Int64 = 0
    var random: JitterSource
    var budget = RateBudget(table: .upbit)
    var limiter = ServerLimiter(table: .upbit, phaseMicroseconds: 321_000)
    var sockets: [Socket?]
    var permits: [RatePermit?]
    /// The exchange misbehaves.
    var isBad = true
    var refusedConnects = 0
    var changes: [OutageWatch.Change] = []

    init(seed: UInt64, count: Int) {
        random = JitterSource(seed: seed)
        fleet = SessionFleet(count: count, seed: seed, at: 0)
        sockets = (0..<count).map { _ in nil }
        permits = (0..<count).map { _ in nil }
    }

    private var instant: Instant { Instant(microseconds: now * 1_000) }

    mutating func perform(_ actions: [FleetAction]) {
        var rest = actions
        while !rest.isEmpty {
            switch rest.removeFirst() {
            case .outage(let change): changes.append(change)
            case .probeREST: rest += fleet.heardREST(isBad ? .fails : .answers, at: now)
            case .session(let index, let action): rest += perform(action, index)
            }
        }
    }

    private mutating func perform(_ action: SessionAction, _ index: Int) -> [FleetAction] {
        switch action {
        case .askTurn(let group): return ask(group, index)
        case .connect(let attempt):
            if isBad, random.next() % 3 == 0 { return end(index, attempt, .refused) }
            if case .allowed = limiter.judge(.webSocketConnect, now: instant) {
            } else {
                refusedConnects += 1
                return end(index, attempt, .upgradeRefused, status: 429)
            }
            sockets[index] = Socket(attempt: attempt, opensAt: now + Int64(random.next() % 300))
        case .finishConnect(let outcome):
            if let permit = permits[index].take() { budget.finish(permit, outcome, now: instant) }
        case .subscribe: sockets[index]?.isSubscribed = true
        case .close(let attempt):
            guard let socket = sockets[index], socket.attempt == attempt else { return [] }
            sockets[index] = nil
            // A half-open peer does not answer.
            if !socket.isMute { return end(index, attempt, .closedByUs) }
        case .sendPing, .notice: break
        }
        return []
    }

    private mutating func end(
        _ index: Int, _ attempt: Int, _ code: NetworkError.Code, status: Int? = nil
    ) -> [FleetAction] {
        sockets[index] = nil
        let error = NetworkError(code, "as the seed says", httpStatus: status)
        return fleet.handle(.closed(attempt: attempt, error), of: index, at: now)
    }

    private mutating func ask(_ group: RateGroup, _ index: Int) -> [FleetAction] {
        switch budget.request(group, now: instant) {
        case .granted(let permit):
            if group == .webSocketConnect { permits[index] = permit }
            let actions = fleet.handle(.turn(group), of: index, at: now)
            if group == .webSocketMessage { budget.finish(permit, .sent, now: instant) }
            return actions
        case .wait(let until), .stopped(let until):
            return fleet.handle(
                .noTurn(group, untilMilliseconds: until.microseconds / 1_000 + 1), of: index, at: now)
        }
    }

    mutating func step() {
        now += 50
        if now % 200 == 0 { perform(fleet.tick(at: now)) }
        for index in sockets.indices {
            guard var socket = sockets[index] else { continue }
            if let opensAt = socket.opensAt, now >= opensAt {
                socket.opensAt = nil
                socket.isOpen = true
                socket.isMute = isBad && random.next() % 5 == 0
                sockets[index] = socket
                perform(fleet.handle(.opened(attempt: socket.attempt), of: index, at: now))
                continue
            }
            guard socket.isOpen, socket.isSubscribed, !socket.isMute else { continue }
            if isBad, random.next() % 400 == 0 {
                perform(end(index, socket.attempt, random.next() % 2 == 0 ? .closedByPeer : .reset))
            } else if isBad, random.next() % 600 == 0 {
                sockets[index]?.isMute = true
            } else if let item = fleet.sessions[index].items.randomElement(using: &random) {
                let glance = SessionBench.glance(item)
                perform(
                    fleet.received(glance, byteCount: 300, on: index, attempt: socket.attempt, at: now))
            }
        }
    }
}

@Suite struct SessionFleetTests {
    private func parts(_ count: Int) -> [[SessionItem]] {
        (0..<count).map { _ in SessionBench.items }
    }

    @Test(arguments: 0..<30)
    func whateverTheExchangeDoesTheConnectionsComeBackWithinItsLimits(seed: UInt64) {
        var world = FleetWorld(seed: seed, count: 8)
        world.perform(world.fleet.listen(to: parts(8), expected: [:], at: 0))
        while world.now < 600_000 { world.step() }
        world.isBad = false
        // Half-open connections are noticed by the exchange's idle time at the latest.
        while world.now < 800_000 { world.step() }
        #expect(world.refusedConnects == 0, "never a connect above the limit, seed \(seed)")
        for (index, session) in world.fleet.sessions.enumerated() {
            #expect(session.state == .live, "connection \(index) of seed \(seed) is \(session.state)")
        }
        // Nothing goes wrong any more, so nothing ends any more.
        let ends = world.fleet.tallies.map(\.ends)
        while world.now < 1_400_000 { world.step() }
        #expect(world.fleet.tallies.map(\.ends) == ends, "seed \(seed)")
        world.perform(world.fleet.stop(at: world.now))
        for _ in 0..<60 { world.step() }
        #expect(world.fleet.isStopped)
    }

    @Test func aMaintenanceIsOneAlarmAndOneEnd() {
        var world = FleetWorld(seed: 7, count: 4)
        world.isBad = false
        world.perform(world.fleet.listen(to: parts(4), expected: [:], at: 0))
        while world.now < 60_000 { world.step() }
        #expect(world.fleet.liveCount == 4 && world.changes.isEmpty)
        // Everybody falls silent, REST fails.
        world.isBad = true
        world.sockets = world.sockets.map { socket in
            var socket = socket
            socket?.isMute = true
            return socket
        }
        let attempts = world.fleet.sessions.map(\.attempt).reduce(0, +)
        while world.now < 1_860_000 {
            world.now += 200
            for index in world.sockets.indices where world.sockets[index]?.opensAt != nil {
                // The handshake never ends.
                world.sockets[index]?.opensAt = .max
            }
            world.perform(world.fleet.tick(at: world.now))
        }
        let connects = world.fleet.sessions.map(\.attempt).reduce(0, +) - attempts
        #expect(world.changes == [.began(.maintenance)], "\(world.changes)")
        #expect(connects < 4 * 60, "quiet retries: \(connects) in half an hour")
        world.isBad = false
        world.sockets = world.sockets.map { _ in nil }
        let back = world.now
        while world.now < back + 90_000 { world.step() }
        #expect(world.fleet.liveCount == 4)
        #expect(world.changes.count == 2)
        if case .ended(let milliseconds)? = world.changes.last {
            #expect(milliseconds > 1_700_000)
        } else {
            Issue.record("\(world.changes)")
        }
    }

    @Test func theCauseOfAnOutageIsToldApart() {
        for (rest, unreachable, cause) in [
            (OutageWatch.REST.answers, false, OutageWatch.Cause.sockets), (.fails, false, .maintenance),
            (.unreachable, true, .network), (.unknown, true, .network), (.unknown, false, .sockets),
        ] {
            var watch = OutageWatch()
            #expect(watch.look(activeCount: 3, liveCount: 0, isUnreachable: unreachable, at: 0) == nil)
            watch.heard(rest, at: 5_000)
            let change = watch.look(activeCount: 3, liveCount: 0, isUnreachable: unreachable, at: 20_000)
            #expect(change == .began(cause))
            #expect(watch.look(activeCount: 3, liveCount: 0, isUnreachable: unreachable, at: 30_000) == nil)
            watch.heard(.answers, at: 31_000)
            let next = watch.look(activeCount: 3, liveCount: 0, isUnreachable: unreachable, at: 32_000)
            #expect(next == (cause == .sockets ? nil : .became(.sockets)))
            #expect(
                watch.look(activeCount: 3, liveCount: 1, isUnreachable: false, at: 40_000)
                    == .ended(afterMilliseconds: 40_000))
        }
    }

    @Test func everyNoticeOfTroubleSaysWhatToDo() throws {
        let item = SessionBench.items[0]
        let refusal = RefusalMessage(name: "NO_CODES", message: "codes?")
        for notice in [
            SessionNotice.messagesLimited, .failing(SessionBench.error(.unknownAuthority)),
            .refused([item], refusal), .unheard([item]), .silent([item.symbol]),
        ] {
            let error = try #require(notice.explained)
            #expect(error.remedy?.isEmpty == false && !error.what.hasSuffix("."))
        }
        #expect(SessionNotice.refused([item], refusal).explained?.what.contains("NO_CODES codes?") == true)
        for cause in OutageWatch.Cause.allCases {
            #expect(OutageWatch.Change.began(cause).explained?.remedy?.isEmpty == false)
        }
    }
}
