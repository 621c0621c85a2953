import Market
import Upbit

/// Which connection listens to which markets. Pure.
///
/// Markets stay where they are; a new one goes to the connection with the least to do, and its second copy
/// to another one. When one connection has far more to do than the others, a few markets move; for a
/// while they are listened to on both, so that nothing is missed.
package struct ConnectionPlan: Sendable, Equatable {
    /// Codes of one request: nobody knows how many the exchange takes, and 244 are seen to work.
    package static let marketsMax = 250
    package static let connectionsMax = 32
    package static let copiesMax = 2
    /// Markets that move at once.
    package static let movesMax = 4
    /// A connection with this many times the mean has too much to do.
    package static let imbalanceMax = 1.5

    package let connectionsCount: Int
    package let copies: Int
    private var places: [Symbol: [Int]] = [:]
    /// Where markets are still listened to after they have moved.
    private var leaving: [Symbol: Int] = [:]
    /// Markets for which no connection has room.
    private(set) package var unplaced: [Symbol] = []

    package init(connections: Int, copies: Int) throws(CaptureError) {
        guard (1...Self.connectionsMax).contains(connections), (1...Self.copiesMax).contains(copies) else {
            throw CaptureError(
                .badSetting, "\(connections) connections with \(copies) copies of each market",
                place: "capture.connections",
                remedy: "Take 1 to \(Self.connectionsMax) connections and 1 or \(Self.copiesMax) copies.")
        }
        guard copies <= connections else {
            throw CaptureError(
                .badSetting, "\(copies) copies of each market need as many connections",
                place: "capture.redundancy",
                remedy: "Set capture.connections to at least \(copies).")
        }
        connectionsCount = connections
        self.copies = copies
    }

    /// The markets there are now, with their messages a second.
    package mutating func update(_ loads: [Symbol: Double]) {
        leaving = [:]
        places = places.filter { loads[$0.key] != nil }
        unplaced = []
        var totals = totals(loads)
        var counts = counts
        let fresh = loads.filter { places[$0.key] == nil }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (symbol, load) in fresh {
            var chosen: [Int] = []
            for _ in 0..<copies {
                let free = (0..<connectionsCount).filter {
                    !chosen.contains($0) && counts[$0] < Self.marketsMax
                }
                guard let best = free.min(by: { (totals[$0], $0) < (totals[$1], $1) }) else { break }
                chosen.append(best)
                totals[best] += load
                counts[best] += 1
            }
            if chosen.isEmpty { unplaced.append(symbol) } else { places[symbol] = chosen }
        }
        balance(loads, &totals, &counts)
    }

    private mutating func balance(_ loads: [Symbol: Double], _ totals: inout [Double], _ counts: inout [Int])
    {
        let mean = totals.reduce(0, +) / Double(connectionsCount)
        for _ in 0..<Self.movesMax {
            let order = (0..<connectionsCount).sorted { (totals[$0], $0) < (totals[$1], $1) }
            guard let least = order.first, let most = order.last, totals[most] > mean * Self.imbalanceMax,
                counts[least] < Self.marketsMax
            else { return }
            let half = (totals[most] - totals[least]) / 2
            // What would only carry the burden over does not move.
            let movable = places.filter { symbol, at in
                at.contains(most) && !at.contains(least) && leaving[symbol] == nil
                    && (loads[symbol] ?? 0) < half * 2
            }
            let nearest = movable.keys.min {
                (abs((loads[$0] ?? 0) - half), $0) < (abs((loads[$1] ?? 0) - half), $1)
            }
            guard let symbol = nearest, let load = loads[symbol] else { return }
            places[symbol] = places[symbol]?.map { $0 == most ? least : $0 }
            leaving[symbol] = most
            totals[most] -= load
            totals[least] += load
            counts[least] += 1
        }
    }

    private func totals(_ loads: [Symbol: Double]) -> [Double] {
        var totals = [Double](repeating: 0, count: connectionsCount)
        for (symbol, at) in places { for index in at { totals[index] += loads[symbol] ?? 0 } }
        return totals
    }

    private var counts: [Int] {
        var counts = [Int](repeating: 0, count: connectionsCount)
        for at in places.values { for index in at { counts[index] += 1 } }
        return counts
    }

    /// Where a market is listened to.
    package func connections(of symbol: Symbol) -> [Int] {
        (places[symbol] ?? []) + (leaving[symbol].map { [$0] } ?? [])
    }

    /// Markets are still listened to twice after a move: ask for the next plan soon.
    package var isMoving: Bool { !leaving.isEmpty }
    package var markets: [Symbol] { places.keys.sorted() }

    /// For each connection everything it listens to.
    package func parts(_ channels: [Channel]) -> [[SessionItem]] {
        var symbols = [[Symbol]](repeating: [], count: connectionsCount)
        for symbol in places.keys.sorted() {
            for index in connections(of: symbol) { symbols[index].append(symbol) }
        }
        return symbols.map { symbols in
            channels.flatMap { channel in symbols.map { SessionItem(channel, $0) } }
        }
    }
}
