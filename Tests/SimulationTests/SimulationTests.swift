import Foundation
import Testing

@Suite struct SimulationTests {
    /// SEED=n runs one seed with its trace; SEEDS=n as many; 2,000 otherwise.
    @Test func nothingIsLostAndNothingIsTwice() async throws {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["SEED"].flatMap({ UInt64($0) }) {
            var simulation = Simulation(seed: seed, isTracing: true)
            do {
                let stored = try simulation.run()
                print(simulation.trace.joined(separator: "\n"))
                print("seed \(seed): \(stored) trades stored, no rule broken")
            } catch {
                Issue.record("\(error)")
            }
            return
        }
        let count = environment["SEEDS"].flatMap { UInt64($0) } ?? 2_000
        let first = environment["FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        // Two halves, for two cores; each seed on its own.
        let stored = await withTaskGroup(of: Int.self) { group in
            for part in 0..<UInt64(2) {
                group.addTask { Self.run(stride(from: first + part, to: first + count, by: 2)) }
            }
            return await group.reduce(0, +)
        }
        #expect(stored > Int(count) * 50, "the simulation stores something")
    }

    private static func run(_ seeds: StrideTo<UInt64>) -> Int {
        var stored = 0
        var failures = 0
        for seed in seeds {
            var simulation = Simulation(seed: seed)
            do {
                stored += try simulation.run()
            } catch {
                Issue.record("\(error)")
                failures += 1
                if failures >= 5 { break }
            }
        }
        return stored
    }
}
