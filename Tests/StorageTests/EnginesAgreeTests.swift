import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

/// The same writes give the same answers on both engines, whatever the session's time zone.
@Suite struct EnginesAgreeTests {
    private let now = Instant(microseconds: clockMicroseconds())

    @Test(arguments: [UInt64(1), 2, 3])
    func randomBatchesUpsertsAndLateRowsReadTheSame(seed: UInt64) async throws {
        let questions = MarketQuestions(now: now)
        var answers: [[String]] = []
        for engine in TestEngines.all {
            let database = try await TestDatabase.make(engine)
            try await write(into: database, seed: seed)
            answers.append(try await questions.read(from: database.connection, zone: "UTC"))
            for zone in ["America/New_York", "Asia/Kathmandu"] {
                #expect(
                    try await questions.read(from: database.connection, zone: zone) == answers.last,
                    "\(engine) \(zone)"
                )
            }
        }
        #expect(answers[0].contains { !$0.isEmpty })
        for (index, answer) in answers[0].enumerated() {
            #expect(answers.allSatisfy { $0[index] == answer }, "seed \(seed), question \(index)")
        }
    }

    /// The engines that a test run covers, for its log.
    @Test func theLogSaysWhichEnginesRan() {
        let names = TestEngines.all.map(\.rawValue).joined(separator: " and ")
        print("▸ engines: Storage was tested on \(names)")
        #expect(!TestEngines.all.isEmpty)
    }

    private func write(into database: TestDatabase, seed: UInt64) async throws {
        var writes = try RandomWrites(seed: seed, now: now)
        let blocking = database.connection.blocking
        try writes.listMarkets(on: blocking)
        for _ in 0..<5 { try writes.commitBatch(on: blocking) }
        if database.engine == .timescale && seed == 2 {
            #expect(try TestEngines.materialize(blocking) == 5)
        }
    }
}
