import Capture
import Journal
import Market
import Network
import Upbit

/// Connections and what comes over them.
extension Simulation {
    mutating func publish(_ trade: Trade) {
        for node in nodes {
            for index in node.sockets.indices {
                guard let socket = node.sockets[index], socket.isOpen, !socket.isMute,
                    socket.symbols.contains(trade.symbol)
                else { continue }
                var frames = [exchange.frame(trade)]
                if luck(weather.broken) { frames.append(exchange.broken(&random)) }
                if luck(weather.duplicates) { frames.append(frames[0]) }
                let count = socket.queue.count
                if luck(weather.reorders), count > 0 {
                    let at = Int.random(in: 0..<count, using: &random)
                    node.sockets[index]?.queue.insert(contentsOf: frames, at: at)
                } else {
                    node.sockets[index]?.queue += frames
                }
            }
        }
    }

    /// The ticker that follows a trade, to whoever listens.
    mutating func publish(_ ticker: Ticker) {
        let frame = exchange.frame(ticker)
        for node in nodes {
            for index in node.sockets.indices {
                guard let socket = node.sockets[index], socket.isOpen, !socket.isMute,
                    socket.symbols.contains(ticker.symbol)
                else { continue }
                node.sockets[index]?.queue.append(frame)
            }
        }
    }

    mutating func disconnect(_ node: SimulatedNode, _ index: Int) {
        guard let attempt = node.sockets[index]?.attempt else { return }
        if Bool.random(using: &random) {
            node.sockets[index]?.isMute = true
            node.sockets[index]?.queue = []
            return
        }
        let codes: [NetworkError.Code] = [.closedByPeer, .reset, .ended, .protocolViolation]
        end(node, index, attempt, codes.randomElement(using: &random) ?? .ended)
    }

    func error(_ code: NetworkError.Code, status: Int? = nil) -> NetworkError {
        NetworkError(code, "as the seed says", httpStatus: status)
    }

    private mutating func end(
        _ node: SimulatedNode, _ index: Int, _ attempt: Int, _ code: NetworkError.Code, status: Int? = nil
    ) {
        node.sockets[index] = nil
        guard let process = node.process else { return }
        perform(
            process.fleet.handle(.closed(attempt: attempt, error(code, status: status)), of: index, at: now),
            node, process)
    }

    mutating func stepConnections(_ node: SimulatedNode, _ process: SimulatedProcess) {
        if now % 200 == 0 { perform(process.fleet.tick(at: now), node, process) }
        for index in node.sockets.indices {
            guard let socket = node.sockets[index] else { continue }
            if let opensAt = socket.opensAt, now >= opensAt {
                node.sockets[index]?.opensAt = nil
                node.sockets[index]?.isOpen = true
                perform(
                    process.fleet.handle(.opened(attempt: socket.attempt), of: index, at: now), node, process)
            }
            if socket.saysStatus, !socket.isMute, now >= socket.statusAt {
                node.sockets[index]?.statusAt = now + 10_000
                node.sockets[index]?.queue.append(exchange.status)
            }
            guard process.kept[index] == nil, let queue = node.sockets[index]?.queue, !queue.isEmpty else {
                if (node.sockets[index]?.queue.count ?? 0) > SimulatedExchange.queueMax {
                    end(node, index, socket.attempt, .reset)
                }
                continue
            }
            node.sockets[index]?.queue = []
            deliver(queue, node, process, index, socket.attempt)
        }
    }

    private mutating func deliver(
        _ queue: [SentFrame], _ node: SimulatedNode, _ process: SimulatedProcess, _ index: Int, _ attempt: Int
    ) {
        for (place, frame) in queue.enumerated() {
            let glance = frame.bytes.withUnsafeBytes { FrameGlance($0) }
            let isTaken = append(frame, node, process, index)
            perform(
                process.fleet.received(
                    glance, byteCount: frame.bytes.count, on: index, attempt: attempt, at: now), node, process
            )
            guard !isTaken else { continue }
            // As the runner does: this one is kept, and nothing more is read.
            process.kept[index] = frame
            let later = node.sockets[index]?.queue ?? []
            node.sockets[index]?.queue = Array(queue[(place + 1)...]) + later
            perform(process.fleet.handle(.paused(attempt: attempt), of: index, at: now), node, process)
            return
        }
    }

    private func append(
        _ frame: SentFrame, _ node: SimulatedNode, _ process: SimulatedProcess, _ index: Int
    ) -> Bool {
        let outcome = frame.bytes.withUnsafeBytes {
            process.core.append(
                kind: .webSocket, connection: UInt32(index), time: process.time(now), payload: $0)
        }
        guard case .accepted(let sequence) = outcome else { return false }
        node.frames[sequence] = frame
        return true
    }

    mutating func stepJournal(_ node: SimulatedNode, _ process: SimulatedProcess) {
        let (_, hasRoom) = process.core.step(at: process.time(now))
        guard hasRoom else { return }
        for (index, frame) in process.kept.sorted(by: { $0.key < $1.key })
        where append(frame, node, process, index) {
            process.kept[index] = nil
            let attempt = process.fleet.sessions[index].attempt
            perform(process.fleet.handle(.resumed(attempt: attempt), of: index, at: now), node, process)
        }
    }

    mutating func perform(_ actions: [FleetAction], _ node: SimulatedNode, _ process: SimulatedProcess) {
        for case .session(let index, let action) in actions { perform(action, index, node, process) }
    }

    private mutating func perform(
        _ action: SessionAction, _ index: Int, _ node: SimulatedNode, _ process: SimulatedProcess
    ) {
        switch action {
        case .askTurn(let group): ask(group, index, node, process)
        case .connect(let attempt):
            if luck(weather.disconnects) { return end(node, index, attempt, .refused) }
            guard case .allowed = limiter.judge(.webSocketConnect, now: instant) else {
                refusedConnects += 1
                return end(node, index, attempt, .upgradeRefused, status: 429)
            }
            let opensAt = now + Int64.random(in: 20...200, using: &random)
            node.sockets[index] = SimulatedExchange.Socket(attempt: attempt, opensAt: opensAt)
        case .finishConnect(let outcome):
            if let permit = process.permits[index].take() { budget.finish(permit, outcome, now: instant) }
        case .subscribe(let attempt, let items):
            guard node.sockets[index]?.attempt == attempt else { return }
            node.sockets[index]?.symbols = Set(items.map(\.symbol))
            for symbol in SimulatedExchange.symbols {
                // What was never sent is in no snapshot either.
                let last = isProving ? exchange.rest.lastSent[symbol] : exchange.last[symbol]
                guard let trade = last else { continue }
                node.sockets[index]?.queue.append(exchange.frame(trade, isSnapshot: true))
                if isProving, let ticker = exchange.rest.ticker(symbol) {
                    node.sockets[index]?.queue.append(exchange.frame(ticker, isSnapshot: true))
                }
            }
        case .sendPing(let attempt):
            guard node.sockets[index]?.attempt == attempt else { return }
            node.sockets[index]?.saysStatus = true
        case .close(let attempt):
            guard let socket = node.sockets[index], socket.attempt == attempt else { return }
            node.sockets[index] = nil
            if !socket.isMute { end(node, index, attempt, .closedByUs) }
        case .notice: break
        }
    }

    private mutating func ask(
        _ group: RateGroup, _ index: Int, _ node: SimulatedNode, _ process: SimulatedProcess
    ) {
        switch budget.request(group, now: instant) {
        case .granted(let permit):
            if group == .webSocketConnect { process.permits[index] = permit }
            perform(process.fleet.handle(.turn(group), of: index, at: now), node, process)
            if group == .webSocketMessage { budget.finish(permit, .sent, now: instant) }
        case .wait, .stopped:
            perform(
                process.fleet.handle(.noTurn(group, untilMilliseconds: now + 300), of: index, at: now), node,
                process)
        }
    }
}
