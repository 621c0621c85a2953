import Foundation
import Testing

/// SEED=n runs one seed with its trace; SEEDS=n as many from FIRST_SEED on; otherwise 2,000, and 500 with
/// refill and proof.
@Suite(.serialized) struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func seeds(_ standard: UInt64) -> Range<UInt64> {
        let first = environment["FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        if let seed = environment["SEED"].flatMap({ UInt64($0) }) { return seed..<(seed + 1) }
        return first..<(first + (environment["SEEDS"].flatMap { UInt64($0) } ?? standard))
    }

    private static var isTracing: Bool { environment["SEED"].flatMap { UInt64($0) } != nil }

    @Test func nothingIsLostAndNothingIsTwice() async throws {
        let seeds = Self.seeds(2_000)
        let stored = await Self.results(seeds) { seed in
            var simulation = Simulation(seed: seed, isTracing: Self.isTracing)
            let stored = try simulation.run()
            if Self.isTracing { print(simulation.trace.joined(separator: "\n")) }
            return stored
        }.reduce(0, +)
        #expect(stored > seeds.count * 50, "the simulation stores something")
    }

    @Test func whatIsMissingComesBackOrIsToldAndNothingIsAccused() async throws {
        let seeds = Self.seeds(500)
        let sum = await Self.results(seeds) { seed in
            var simulation = Simulation(seed: seed, isTracing: Self.isTracing, isProving: true)
            let sum = try simulation.prove()
            if Self.isTracing { print(simulation.trace.joined(separator: "\n")) }
            return sum
        }.reduce(ProofSum(), +)
        print("dropped \(sum.dropped), lost \(sum.lost), repaired \(sum.repaired)")
        guard !Self.isTracing else { return }
        #expect(sum.dropped > seeds.count && sum.lost > seeds.count / 4)
        #expect(sum.repaired > seeds.count / 2, "the simulation repairs something")
    }

    /// Two halves, for two cores; each seed on its own.
    private static func results<Result: Sendable>(
        _ seeds: Range<UInt64>, _ run: @escaping @Sendable (UInt64) throws -> Result
    ) async -> [Result] {
        await withTaskGroup(of: [Result].self) { group in
            for part in 0..<UInt64(2) {
                group.addTask {
                    var results: [Result] = []
                    var failures = 0
                    for seed in stride(from: seeds.lowerBound + part, to: seeds.upperBound, by: 2) {
                        do {
                            results.append(try run(seed))
                        } catch {
                            Issue.record("\(error)")
                            failures += 1
                            if failures >= 5 { break }
                        }
                    }
                    return results
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }
}
