import Capture
import Journal
import JournalKit
import Upbit

/// What goes wrong.
extension Simulation {
    mutating func misbehave() throws {
        if now >= serverDownUntil, server.isDown || server.isReadOnly {
            note("the server is back")
            server.isDown = false
            server.isReadOnly = false
        }
        if chance(weather.outages) {
            serverDownUntil = now + Int64.random(in: 100...2_500, using: &random)
            if Bool.random(using: &random) { server.isDown = true } else { server.isReadOnly = true }
            let isDown = server.isDown
            note("the server is \(isDown ? "down" : "read-only")")
            if server.isDown { server.restart() }
        }
        if chance(weather.failovers) {
            let back = Int.random(in: 0...SimulatedServer.lagMax, using: &random)
            note("a standby takes over, \(back) transactions behind")
            server.failOver(back: back)
            failovers += 1
            try checkAllDerived()
        }
        for node in nodes { misbehave(node) }
    }

    private mutating func misbehave(_ node: SimulatedNode) {
        if node.diskFullUntil > 0, now >= node.diskFullUntil {
            node.diskFullUntil = 0
            node.disk.limit(to: .max)
        }
        for index in node.sockets.indices where node.sockets[index]?.isOpen == true {
            if chance(weather.disconnects) { disconnect(node, index) }
        }
        guard let process = node.process else { return }
        if chance(weather.crashes) {
            kill(
                node, isPowerCut: luck(weather.powerCuts),
                until: now + Int64.random(in: 20...3_000, using: &random))
            return
        }
        if chance(weather.suspensions) {
            process.suspendedUntil = now + Int64.random(in: 500...8_000, using: &random)
            note("\(node.name) is suspended")
        }
        if chance(weather.syncFailures) { node.disk.fail(.sync, times: 1) }
        if chance(weather.writeFailures) { node.disk.fail(.write, times: 1) }
        if node.diskFullUntil == 0, chance(weather.fullDisks) {
            node.diskFullUntil = now + Int64.random(in: 200...3_000, using: &random)
            node.disk.limit(to: usedBytes(node) + Int.random(in: 0...5_000, using: &random))
            note("the disk of \(node.name) is full")
        }
    }

    private func usedBytes(_ node: SimulatedNode) -> Int {
        ((try? node.disk.names()) ?? []).reduce(0) { $0 + ((try? node.disk.size(of: $1)) ?? 0) }
    }

    /// Everything works from now on.
    mutating func mend(_ node: SimulatedNode) {
        node.diskFullUntil = 0
        node.disk.limit(to: .max)
        node.disk.fail(.sync, times: 0)
        node.disk.fail(.write, times: 0)
        node.process?.suspendedUntil = 0
        serverDownUntil = now
        for index in node.sockets.indices where node.sockets[index]?.isMute == true {
            node.sockets[index]?.isMute = false
        }
    }

    /// The program dies: what it had in memory is gone. With a power cut the disk forgets and tears what was
    /// not synced.
    mutating func kill(_ node: SimulatedNode, isPowerCut: Bool, until start: Int64) {
        node.startsAt = start
        guard let process = node.process else { return }
        note("\(node.name) dies\(isPowerCut ? " with its machine" : "")")
        node.promised = max(node.promised, process.core.figures.syncedThrough)
        node.released = max(node.released, process.core.committedThrough)
        node.process = nil
        node.sockets = [nil, nil]
        if isPowerCut { node.disk.crash(&random) }
    }

    mutating func start(_ node: SimulatedNode) throws {
        node.incarnations += 1
        let process: SimulatedProcess
        do {
            process = try SimulatedProcess(
                node.disk, name: node.name, incarnation: node.incarnations, at: now, isProving: isProving,
                deriving: derivationSettings, &random)
        } catch {
            // A disk that fails is no reason to lose anything: later, again.
            note("\(node.name) cannot start: \(error)")
            guard isStormy else { throw broken("\(node.name) cannot start in good weather: \(error)") }
            node.startsAt = now + 200
            return
        }
        note("\(node.name) starts, its journal ends with \(process.core.report.lastSequence)")
        node.process = process
        let given = node.frames
        if let fault = try node.recover(process) { throw broken(fault) }
        // A full disk may have made the journal let go of what the database had.
        for (sequence, frame) in given where node.frames[sequence] == nil && sequence <= node.promised {
            if failovers == 0, let what = missing(frame, sequence, node) {
                throw broken("let go, and \(what)")
            }
        }
        guard isStormy || isProving else { return }
        let parts = isProving ? Self.parts([.trade, .ticker]) : Self.parts([.trade])
        perform(process.fleet.listen(to: parts, expected: [:], at: now), node, process)
    }

    /// Both connections listen to everything: the first copy wins.
    private static func parts(_ channels: [Channel]) -> [[SessionItem]] {
        let items = channels.flatMap { channel in
            SimulatedExchange.symbols.map { SessionItem(channel, $0) }
        }
        return [items, items]
    }
}
