import Capture
import Market
import Synchronization
import TestKit
import Testing

/// What the commit loop tells those to whom time matters.
@Suite struct CommitTimeTests {
    @Test func aBacklogTellsNoTimeAndWhatIsCaughtUpDoes() async throws {
        let database = try await CaptureDatabase.make()
        let witness = TimeWitness()
        let feed = MemoryFeed()
        let now = clockNow
        feed.append(Messages.trades(0..<500, now: now))
        // All of it was received by an earlier process.
        let rig = try CommitRig(database, feed: feed, participants: [witness], clockFrom: 501)
        let isStored = try await rig.eventually { $0.position == 500 }
        #expect(isStored)
        let isAsked = try await rig.eventually { _ in witness.notes.withLock { !$0.asked.isEmpty } }
        #expect(isAsked)
        witness.notes.withLock { notes in
            #expect(notes.commits.allSatisfy { $0.through == nil })
            #expect(notes.asked.allSatisfy { $0 == nil }, "our own clock does not stand in")
            #expect(notes.sessions == 1)
        }
        let live = clockNow
        feed.append(Messages.trades(500..<600, now: live))
        let isLive = try await rig.eventually { _ in
            witness.notes.withLock { notes in notes.asked.contains { $0 != nil } }
        }
        #expect(isLive)
        witness.notes.withLock { notes in
            let told = notes.commits.last { $0.rows > 0 }?.through
            // The offset is that of the message that came soonest after it was made.
            #expect(told.map { abs($0.microseconds(since: live)) < 60_000_000 } ?? false)
            notes.isWanted = true
        }
        let commits = witness.notes.withLock { $0.commits.count }
        let cameTime = try await rig.eventually { _ in witness.notes.withLock { $0.commits.count > commits } }
        #expect(cameTime)
        witness.notes.withLock { notes in
            let last = notes.commits.last
            #expect(last?.rows == 0 && (last?.through ?? .epoch) >= live.adding(seconds: -60))
        }
        await rig.stop()
    }

    @Test func aLeaseThatCameBackBeginsASessionOnTheSameConnection() async throws {
        try await expectASessionAfterAnother(freeIn: "1 s") { _, _ in }
    }

    /// A process that was suspended: the lease's thread claims it again before the commit thread has looked.
    @Test func aLeaseThatWasAnothersWhileNothingWasStoredBeginsASession() async throws {
        // It is free at once, long before the commit thread asks whether all is as it was.
        try await expectASessionAfterAnother(freeIn: "-1 s") { database, rig in
            let isOursAgain = try await rig.eventually { _ in
                try await database.answer("SELECT owner LIKE 'test %' FROM ops.leases") == "true"
            }
            #expect(isOursAgain)
        }
    }

    /// Stores, has the lease be another's until `freeIn`, lets `thenFirst` happen, and stores again.
    private func expectASessionAfterAnother(
        freeIn: String, thenFirst: (CaptureDatabase, CommitRig) async throws -> Void
    ) async throws {
        let database = try await CaptureDatabase.make()
        let witness = TimeWitness()
        let rig = try CommitRig(database, participants: [witness])
        rig.feed.append(Messages.trades(0..<10, now: clockNow))
        let isStored = try await rig.eventually { $0.position == 10 }
        #expect(isStored)
        try await database.execute(
            """
            UPDATE ops.leases SET owner = 'elsewhere journal another', epoch = epoch + 1,
                expires_at = clock_timestamp() + interval '\(freeIn)'
            """)
        try await thenFirst(database, rig)
        rig.feed.append(Messages.trades(10..<20, now: clockNow))
        let goesOn = try await rig.eventually { $0.position == 20 }
        #expect(goesOn)
        #expect(witness.notes.withLock { $0.sessions } >= 2)
        await rig.stop()
    }
}
