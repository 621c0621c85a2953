import Database
import Foundation
import Market
import Storage
import TestKit
import Testing

/// Days of a database in seconds, on a server of its own for each kind: batches, policies, upkeep,
/// compression, power cuts and the dropping of old days, in an order that a seed gives. All must read the same.
@Suite(.serialized) struct EnginesOverTimeTests {
    enum Kind: String, CaseIterable {
        case native
        case timescale
        /// TimescaleDB's Apache build: hypertables without columnstore, jobs and continuous aggregates.
        case apache
    }

    private let now = Instant(microseconds: clockMicroseconds())

    private static let kinds: [Kind] = TestEngines.hasTimescale ? Kind.allCases : [.native]
    private static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["YEOUL_TORTURE"] == nil ? [11] : Array(11...30)

    @Test(arguments: seeds)
    func randomLivesReadTheSameOnEveryKind(seed: UInt64) async throws {
        var before: [[String]] = []
        var after: [[String]] = []
        for kind in Self.kinds {
            let life = try await Life(kind, seed: seed, now: now)
            for step in 0..<8 { try await life.live(step) }
            before.append(try await life.read(MarketQuestions(now: now)))
            try await life.dropOldDays(keepingDays: 5)
            // Statistics of dropped days remain where TimescaleDB keeps them.
            let horizon = Timeframe.day1.start(of: now.adding(seconds: -5 * 86_400))
            after.append(try await life.read(MarketQuestions(now: now, statisticsFrom: horizon)))
        }
        for (name, answers) in [("before", before), ("after", after)] {
            #expect(answers[0].contains { !$0.isEmpty })
            for index in answers[0].indices {
                #expect(
                    answers.allSatisfy { $0[index] == answers[0][index] },
                    "seed \(seed), \(name), question \(index)")
            }
        }
        #expect(before[0] != after[0])
    }
}

/// One database of a kind and what happens to it.
private final class Life {
    private let kind: EnginesOverTimeTests.Kind
    private let server: ScratchServer
    private let folder: TemporaryFolder
    private let now: Instant
    private var writes: RandomWrites
    private var chance: SeededRandom
    private var connection: Connection

    init(_ kind: EnginesOverTimeTests.Kind, seed: UInt64, now: Instant) async throws {
        self.kind = kind
        self.now = now
        server = try await ScratchServer.start(
            settings: kind == .apache ? ["timescaledb.license = 'apache'"] : [])
        folder = try TemporaryFolder(named: "archive")
        writes = try RandomWrites(seed: seed, now: now)
        // The same events on every kind.
        chance = SeededRandom(seed: seed)
        let report = try await Migrator(
            server.options(), instance: TestDatabase.instance,
            engine: kind == .native ? .native : .automatic, program: "test", set: .embedded()
        ).migrate()
        #expect(report.engine.name == (kind == .native ? .native : .timescale))
        #expect(report.engine.hasContinuousAggregates == (kind == .timescale))
        #expect(report.engine.notes.contains { $0.contains("Apache license") } == (kind == .apache))
        connection = try await Connection.connect(server.options())
        try writes.listMarkets(on: connection.blocking)
    }

    func live(_ step: Int) async throws {
        try writes.commitBatch(on: connection.blocking)
        switch step == 0 ? 0 : Int.random(in: 0..<5, using: &chance) {
        case 0:
            try await apply(["default", "year", "small", "forever"].randomElement(using: &chance) ?? "year")
        case 1: try await upkeep("default", at: now)
        case 2:
            try await server.restart()
            connection = try await Connection.connect(server.options())
        case 3 where kind == .timescale:
            // Compressed while rows of the same days go on coming in.
            try await connection.execute(
                """
                ALTER TABLE market.transactions SET (timescaledb.enable_columnstore = true,
                    timescaledb.segmentby = 'symbol', timescaledb.orderby = 'time, sequential_id');
                SELECT compress_chunk(c, if_not_compressed => true)
                    FROM show_chunks('market.transactions', older_than => now() - interval '2 days') c
                """, within: .seconds(60))
        case 4 where kind == .timescale: _ = try TestEngines.materialize(connection.blocking)
        default: break
        }
    }

    func dropOldDays(keepingDays days: Int64) async throws {
        try await apply("default")
        // The profile keeps 30 days.
        try await upkeep("default", at: now.adding(seconds: (30 - days) * 86_400))
        try await upkeep("default", at: now.adding(seconds: (30 - days) * 86_400))
        let archived = try ArchiveFolder(path: folder.path).entries(table: "transactions")
        #expect(archived.contains { $0.manifest.rows > 0 })
    }

    func read(_ questions: MarketQuestions) async throws -> [String] {
        try await questions.read(from: connection, zone: "Asia/Seoul")
    }

    private func apply(_ profile: String) async throws {
        let plan = try await PolicyApplier(server.options(), profile: .named(profile)).apply()
        #expect(plan.remarks.contains { $0.contains("Apache license") } == (kind == .apache))
    }

    private func upkeep(_ profile: String, at time: Instant) async throws {
        let report = try await Upkeep(
            server.options(), profile: .named(profile), archive: ArchiveFolder(path: folder.path)
        ).run(at: time)
        #expect(report.failures.isEmpty, "\(kind): \(report.text)")
    }
}
