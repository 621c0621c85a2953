import Capture
import Market
import Testing
import Upbit

@Suite struct ConnectionPlanTests {
    private func loads(_ count: Int, _ load: (Int) -> Double = { _ in 1 }) throws -> [Symbol: Double] {
        var loads: [Symbol: Double] = [:]
        for index in 0..<count { loads[try Symbol("KRW-M\(index)")] = load(index) }
        return loads
    }

    private func totals(_ plan: ConnectionPlan, _ loads: [Symbol: Double]) -> [Double] {
        var totals = [Double](repeating: 0, count: plan.connectionsCount)
        for (symbol, load) in loads { for index in plan.connections(of: symbol) { totals[index] += load } }
        return totals
    }

    @Test func marketsAreSpreadByTheirLoad() throws {
        var plan = try ConnectionPlan(connections: 4, copies: 1)
        // Five markets carry half of everything, as at the exchange.
        let loads = try loads(244) { $0 < 5 ? 20 : 0.5 }
        plan.update(loads)
        let totals = totals(plan, loads)
        #expect((totals.max() ?? 0) < 1.2 * (totals.min() ?? 0), "\(totals)")
        #expect(plan.markets.count == 244 && plan.unplaced.isEmpty)
    }

    @Test func copiesLieOnDifferentConnections() throws {
        var plan = try ConnectionPlan(connections: 3, copies: 2)
        plan.update(try loads(100))
        for symbol in plan.markets { #expect(Set(plan.connections(of: symbol)).count == 2) }
        let parts = plan.parts([.trade])
        #expect(parts.map(\.count).reduce(0, +) == 200)
        #expect(parts.allSatisfy { (60...73).contains($0.count) })
    }

    @Test func smallChangesMoveNobody() throws {
        var plan = try ConnectionPlan(connections: 4, copies: 1)
        var loads = try loads(200) { Double($0 % 7) + 1 }
        plan.update(loads)
        let before = plan.markets.map { plan.connections(of: $0) }
        loads[try Symbol("KRW-NEW")] = 3
        plan.update(loads)
        #expect(!plan.connections(of: try Symbol("KRW-NEW")).isEmpty)
        loads[try Symbol("KRW-NEW")] = nil
        for symbol in loads.keys { loads[symbol]? *= 1.1 }
        plan.update(loads)
        #expect(plan.markets.map { plan.connections(of: $0) } == before)
    }

    @Test func aBurdenIsMovedAFewMarketsAtATimeAndHeardTwiceMeanwhile() throws {
        var plan = try ConnectionPlan(connections: 2, copies: 1)
        var loads = try loads(20)
        plan.update(loads)
        for symbol in loads.keys where plan.connections(of: symbol) == [0] { loads[symbol] = 10 }
        let before = loads.keys.reduce(into: [Symbol: [Int]]()) { $0[$1] = plan.connections(of: $1) }
        plan.update(loads)
        let moved = plan.markets.filter { plan.connections(of: $0) != before[$0] }
        #expect((1...ConnectionPlan.movesMax).contains(moved.count) && plan.isMoving)
        #expect(moved.allSatisfy { Set(plan.connections(of: $0)) == [0, 1] })
        plan.update(loads)
        #expect(moved.allSatisfy { plan.connections(of: $0).count == 1 || plan.isMoving })
        for _ in 0..<10 { plan.update(loads) }
        let totals = totals(plan, loads)
        #expect(!plan.isMoving && (totals.max() ?? 0) <= 1.5 * totals.reduce(0, +) / 2, "\(totals)")
    }

    @Test func whatDoesNotFitIsNamed() throws {
        var plan = try ConnectionPlan(connections: 1, copies: 1)
        plan.update(try loads(ConnectionPlan.marketsMax + 7))
        #expect(plan.unplaced.count == 7)
        #expect(plan.parts([.trade])[0].count == ConnectionPlan.marketsMax)
    }

    @Test func copiesNeedConnections() {
        for (connections, copies) in [(1, 2), (0, 1), (33, 1), (4, 3)] {
            let error = #expect(throws: CaptureError.self) {
                try ConnectionPlan(connections: connections, copies: copies)
            }
            #expect(error?.code == .badSetting && error?.place?.hasPrefix("capture.") == true)
        }
    }

    @Test func loadIsMeasuredAndGuessedFromTurnoverBefore() throws {
        let (btc, quiet) = (try Symbol("KRW-BTC"), try Symbol("KRW-QUIET"))
        var load = MarketLoad()
        var ticker = Ticker(symbol: btc)
        ticker.accValue24h = try Decimal16("163000000000")
        var other = Ticker(symbol: quiet)
        other.accValue24h = try Decimal16("18000000")
        load.heard([ticker, other])
        #expect(load.messagesPerSecond(btc) > 5 && load.messagesPerSecond(quiet) < 0.1)
        #expect(load.expectedShare(btc) > 0.3 && load.expectedShare(quiet) < 0.001)
        load.measured([btc: 0, quiet: 0], at: 0)
        load.measured([btc: 600, quiet: 6_000], at: 60_000)
        #expect(abs(load.messagesPerSecond(btc) - 10) < 0.01)
        #expect(abs(load.messagesPerSecond(quiet) - 100) < 0.01)
        load.measured([btc: 0, quiet: 6_000], at: 120_000)
        #expect(abs(load.messagesPerSecond(btc) - 10) < 0.01, "moved: it counts anew there")
    }
}
