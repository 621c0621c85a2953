import Market
import Upbit

/// The exchange's side of all WebSockets. Pure: requests and times come in, actions and ledger entries
/// come out; the driver writes the entries before it performs the actions.
///
/// Market times are milliseconds since 1970 at the exchange; `now` is milliseconds of the monotonic clock,
/// which idle times and limits are counted in.
package struct SocketHub: Sendable {
    /// Connections at once; one more is refused with 503.
    package static let sessionsMax = 1_000
    /// Addresses whose limits are remembered; beyond it all start anew.
    static let addressesMax = 1_024
    /// Idle times, keep-alive and faults are looked at so often.
    private static let timerMilliseconds: Int64 = 50
    /// A trade that is to come late is held back for this long at most, in market time.
    static let holdMillisecondsMax: Int64 = 1_000

    let profile: Profile
    let questions: OpenQuestions
    let isLimited: Bool
    private let key: RandomKey
    private let encoders: [MessageEncoder]

    var venue: Venue
    var sessions: [Int: SocketSession] = [:]
    var listeners: [Listeners]
    var candles: [[Timeframe: LiveCandle]]
    var fates: TradeFates
    var faults: FaultSettings
    var held: [Int: (trade: ModelTrade, published: Int64)] = [:]
    private var limiters: [String: ServerLimiter] = [:]
    private var origins = OriginLimiter()
    private var lastSession = 0
    private var nextTimer: Int64 = .min
    private var outputs: [SocketOutput] = []
    private var hasSent: Set<Int> = []
    var entries: [LedgerEntry] = []

    /// `isLimited` is whether connects and requests are counted.
    package init(
        plan: VenuePlan, profile: Profile, questions: OpenQuestions = OpenQuestions(),
        faults: FaultSettings = FaultSettings(), seed: UInt64, isLimited: Bool = true, market: Int64
    ) {
        self.profile = profile
        self.questions = questions
        self.isLimited = isLimited
        self.faults = faults
        key = RandomKey(seed: seed).part("sockets")
        fates = TradeFates(seed: seed, settings: faults)
        venue = Venue(plan.models, now: market)
        listeners = plan.models.map { _ in Listeners() }
        candles = plan.models.map { _ in [:] }
        encoders = WireFormat.allCases.map {
            MessageEncoder(
                format: $0, clockOffsetSeconds: profile.clockOffsetSeconds, questions: questions)
        }
    }

    /// Everything published up to here has been handled.
    package var market: Int64 { venue.now }
    /// When something is due by itself, in market time.
    package var nextEvent: Int64 { venue.nextEvent }
    package var sessionsCount: Int { sessions.count }

    package mutating func takeOutputs() -> [SocketOutput] {
        defer { outputs.removeAll(keepingCapacity: true) }
        return outputs
    }

    package mutating func takeEntries() -> [LedgerEntry] {
        defer { entries.removeAll(keepingCapacity: true) }
        return entries
    }
}

// Connections.
extension SocketHub {
    package enum ConnectVerdict: Sendable, Equatable {
        case accept(session: Int)
        case refuse(status: Int, body: [UInt8])
    }

    /// Somebody at `address` asks for a WebSocket; `authorization` is the header of that name.
    package mutating func connect(
        from address: String, hasOrigin: Bool, authorization: String? = nil, now: Int64
    ) -> ConnectVerdict {
        let token = authorization.map { AccessToken(header: $0) }
        let hasBadToken = token == .some(nil)
        // Who shows a key is counted by it, and not by the address.
        let address = (token ?? nil).map { "key \($0.accessKey)" } ?? address
        if faults.upgradeStatus > 0 {
            return .refuse(status: faults.upgradeStatus, body: RESTEncoder.tooManyRequests)
        }
        if isLimited, hasOrigin, !origins.allows(address, now: now) {
            return .refuse(status: 429, body: RESTEncoder.tooManyRequests)
        }
        if isLimited {
            switch judge(.webSocketConnect, address, now) {
            case .allowed: break
            case .tooMany: return .refuse(status: 429, body: RESTEncoder.tooManyRequests)
            case .banned(let seconds):
                return .refuse(status: 418, body: RESTEncoder.banned(seconds: seconds, questions))
            }
        }
        if hasBadToken, questions.refusesBadTokenAtUpgrade {
            return .refuse(
                status: 401,
                body: encoder(.full).frame(.refusal(RefusedRequest.invalidAuthentication.message)))
        }
        guard sessions.count < Self.sessionsMax else {
            return .refuse(status: 503, body: Array("Too many connections.".utf8))
        }
        lastSession += 1
        var session = SocketSession(id: lastSession, address: address, now: now)
        session.hasBadToken = hasBadToken
        schedule(&session, now: now)
        sessions[lastSession] = session
        return .accept(session: lastSession)
    }

    package mutating func closed(_ session: Int) {
        guard sessions.removeValue(forKey: session) != nil else { return }
        unsubscribe(session)
    }

    private mutating func judge(_ group: RateGroup, _ address: String, _ now: Int64) -> ServerLimiter.Verdict
    {
        if limiters[address] == nil {
            if limiters.count >= Self.addressesMax { limiters.removeAll() }
            limiters[address] = ServerLimiter(table: profile.rates)
        }
        return limiters[address]?.judge(group, now: Instant(microseconds: now * 1_000)) ?? .tooMany
    }

    /// The client's pings and pongs are data, too.
    package mutating func heard(_ session: Int, now: Int64) {
        sessions[session]?.lastData = now
    }

    /// A message of a client, text or binary.
    package mutating func received(_ bytes: [UInt8], on id: Int, now: Int64) {
        guard var session = sessions[id], !session.isSilent else { return }
        session.lastData = now
        if bytes.elementsEqual("PING".utf8) {
            let isFirst = session.nextStatus == nil
            if isFirst { session.nextStatus = now + Int64(Profile.statusSeconds) * 1_000 }
            sessions[id] = session
            if isFirst { send(.status("UP"), to: id) }
            return
        }
        sessions[id] = session
        if isLimited {
            guard case .allowed = judge(.webSocketMessage, session.address, now) else {
                return send(.refusal(RefusedRequest.tooManyRequests.message), to: id)
            }
        }
        guard !session.hasBadToken else {
            return send(.refusal(RefusedRequest.invalidAuthentication.message), to: id)
        }
        switch bytes.withUnsafeBytes({ ClientRequest.read($0, questions) }) {
        case .failure(let refusal): send(.refusal(refusal.message), to: id)
        case .success(.list(let ticket, let format)):
            if let format { sessions[id]?.format = format }
            if let session = sessions[id] { send(.subscriptions(session.listing(ticket: ticket)), to: id) }
        case .success(.subscribe(let ticket, let subscriptions, let format)):
            replace(id, ticket: ticket, subscriptions, format: format ?? .full)
        }
    }

    /// The new set takes the place of the old one, with its format.
    private mutating func replace(
        _ id: Int, ticket: String, _ subscriptions: [Subscription], format: WireFormat
    ) {
        let isRefused = subscriptions.contains { !profile.offers($0.channel) || isUnknown($0) }
        guard !isRefused else { return send(.refusal(RefusedRequest.invalidParameter.message), to: id) }
        unsubscribe(id)
        sessions[id]?.ticket = ticket
        sessions[id]?.format = format
        sessions[id]?.subscriptions = subscriptions
        for subscription in subscriptions { subscribe(id, subscription) }
    }

    private func isUnknown(_ subscription: Subscription) -> Bool {
        questions.unknownCode == .invalidParameter
            && subscription.symbols.contains { venue.number(of: $0) == nil }
    }

    private mutating func unsubscribe(_ id: Int) {
        for market in listeners.indices {
            let hadBooks = !listeners[market].books.isEmpty
            listeners[market].remove(id)
            if hadBooks, listeners[market].books.isEmpty { venue.watchBook(market, false) }
            let wanted = Set(listeners[market].candles.map(\.timeframe))
            candles[market] = candles[market].filter { wanted.contains($0.key) }
        }
    }
}

// Sending.
extension SocketHub {
    func encoder(_ format: WireFormat) -> MessageEncoder {
        encoders.first { $0.format == format } ?? MessageEncoder(format: format)
    }

    mutating func send(_ message: Message, to id: Int) {
        guard let session = sessions[id] else { return }
        emit(encoder(session.format).frame(message), to: id)
    }

    mutating func emit(_ frame: [UInt8], to id: Int) {
        guard sessions[id]?.isSilent == false, !faults.maintenance else { return }
        outputs.append(SocketOutput(session: id, action: .send(frame)))
        hasSent.insert(id)
    }

    mutating func act(_ action: SocketAction, on id: Int) {
        outputs.append(SocketOutput(session: id, action: action))
    }

    /// To each of `ids` in its format; `depth` is what a book's code was asked for with.
    mutating func send(_ message: Message, to ids: [Int], depth: Int? = nil) {
        guard !ids.isEmpty else { return }
        var cache = FrameCache(message)
        for id in ids {
            guard let format = sessions[id]?.format else { continue }
            var encoder = encoder(format)
            encoder.depth = depth
            emit(cache.frame(encoder), to: id)
        }
    }
}

// Time.
extension SocketHub {
    /// Lets the market go on to `market`, and looks at idle times, keep-alive and faults. After `eventsMax`
    /// events it stops at the end of a millisecond, so that who falls behind never holds more than that.
    package mutating func advance(to market: Int64, now: Int64, eventsMax: Int = .max) {
        var events = 0
        while events < eventsMax || venue.nextEvent <= venue.now, let event = venue.next(by: market) {
            handle(event)
            events += 1
        }
        for id in hasSent { sessions[id]?.lastData = now }
        hasSent.removeAll(keepingCapacity: true)
        guard now >= nextTimer else { return }
        nextTimer = now + Self.timerMilliseconds
        for id in sessions.keys.sorted() { keepTime(of: id, now: now) }
    }

    private mutating func keepTime(of id: Int, now: Int64) {
        guard var session = sessions[id], !session.isSilent else { return }
        if now - session.lastData >= Int64(Profile.idleSeconds) * 1_000 {
            session.isSilent = true
            sessions[id] = session
            return act(.end(.vanish), on: id)
        }
        if let due = session.nextEnding, now >= due {
            session.nextEnding = nil
            session.isSilent = true
            sessions[id] = session
            return act(.end(faults.ending), on: id)
        }
        if let due = session.nextStall, now >= due {
            act(.stall(milliseconds: faults.stallMilliseconds), on: id)
            session.nextStall = due + wait(faults.stallEverySeconds, id, due)
        }
        var isDue = false
        if let due = session.nextStatus, now >= due {
            isDue = true
            // From the time it was due, so that looking late does not add up.
            session.nextStatus = due + Int64(Profile.statusSeconds) * 1_000
        }
        sessions[id] = session
        if isDue { send(.status("UP"), to: id) }
    }

    private func schedule(_ session: inout SocketSession, now: Int64) {
        session.nextEnding =
            faults.endEverySeconds > 0 ? now + wait(faults.endEverySeconds, session.id, 0) : nil
        let stalls = faults.stallEverySeconds > 0 && faults.stallMilliseconds > 0
        session.nextStall = stalls ? now + wait(faults.stallEverySeconds, session.id, 1) : nil
    }

    /// Between half and one and a half of the mean, from the seed.
    private func wait(_ meanSeconds: Double, _ session: Int, _ counter: Int64) -> Int64 {
        Int64(meanSeconds * 1_000 * (0.5 + key.part(Int64(session)).unit(counter)))
    }

    /// Other faults hold from now on.
    package mutating func change(_ settings: FaultSettings, now: Int64) {
        faults = settings
        fates.change(settings, from: venue.now + 1)
        for id in sessions.keys {
            guard var session = sessions[id] else { continue }
            schedule(&session, now: now)
            sessions[id] = session
        }
    }

    /// Ends all connections now, as `ending` says.
    package mutating func endAll(_ ending: FaultSettings.Ending) {
        for id in sessions.keys.sorted() where sessions[id]?.isSilent == false {
            sessions[id]?.isSilent = true
            act(.end(ending), on: id)
        }
    }

    /// Stalls all connections now.
    package mutating func stallAll(milliseconds: Int64) {
        for id in sessions.keys.sorted() { act(.stall(milliseconds: milliseconds), on: id) }
    }

    /// A new or a changed market. Under another code nobody listens to it yet.
    package mutating func put(_ model: MarketModel, as number: Int?) {
        let isRenamed = number.map { venue.spec($0).symbol != model.spec.symbol } ?? false
        venue.put(model, as: number)
        if let number, isRenamed {
            listeners[number] = Listeners()
            candles[number] = [:]
            held[number] = nil
            venue.watchBook(number, false)
        } else if number == nil {
            listeners.append(Listeners())
            candles.append([:])
        }
    }

    package func spec(_ number: Int) -> MarketSpec { venue.spec(number) }
    package func number(of symbol: Symbol) -> Int? { venue.number(of: symbol) }
    package var marketsCount: Int { venue.count }
}
