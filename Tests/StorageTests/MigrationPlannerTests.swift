import Storage
import Testing

@Suite struct MigrationPlannerTests {
    private let native = EngineDecision(.native)

    private func set(_ count: Int, edited: Int? = nil, deleting: Int? = nil) throws -> MigrationSet {
        var files: [(String, String)] = []
        for number in 1...count {
            let up = edited == number ? "SELECT 2" : "SELECT 1"
            files.append(("000\(number)_step.up.sql", number == 2 ? "-- when: timescale\n" + up : up))
            files.append(
                ("000\(number)_step.down.sql", deleting == number ? "-- deletes-data: true\n" : "SELECT 0"))
        }
        return try MigrationSet(files: files)
    }

    private func recorded(_ set: MigrationSet, _ states: RecordedMigration.State...) -> [RecordedMigration] {
        zip(set.migrations, states).map {
            RecordedMigration(number: $0.number, name: $0.name, state: $1, checksum: $0.up.checksum)
        }
    }

    private func code(_ body: () throws -> [MigrationStep]) -> StorageError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? StorageError)?.code
        }
    }

    @Test func anEmptyDatabaseGetsEverythingThatIsForItsEngine() throws {
        let set = try set(3)
        let steps = try MigrationPlanner(set, recorded: [], engine: native).stepsUp()
        #expect(steps == [.apply(set.migrations[0]), .skip(set.migrations[1]), .apply(set.migrations[2])])
        let timescale = EngineDecision(.timescale, hasContinuousAggregates: true)
        #expect(
            try MigrationPlanner(set, recorded: [], engine: timescale).stepsUp()[1]
                == .apply(set.migrations[1]))
    }

    @Test func onlyWhatIsMissingIsApplied() throws {
        let set = try set(3)
        let planner = MigrationPlanner(set, recorded: recorded(set, .applied, .skipped), engine: native)
        #expect(try planner.stepsUp() == [.apply(set.migrations[2])])
        let done = MigrationPlanner(
            set, recorded: recorded(set, .applied, .skipped, .applied), engine: native)
        #expect(try done.stepsUp().isEmpty)
    }

    @Test func anEditedMigrationIsRefused() throws {
        let history = recorded(try set(3), .applied, .skipped, .applied)
        let planner = MigrationPlanner(try set(3, edited: 3), recorded: history, engine: native)
        #expect(code { try planner.stepsUp() } == .editedMigration)
        #expect(code { try planner.stepsDown(to: 0, deletingData: true) } == .editedMigration)
    }

    @Test func aSchemaNewerThanTheProgramIsRefused() throws {
        let planner = MigrationPlanner(
            try set(2), recorded: recorded(try set(3), .applied, .skipped, .applied), engine: native)
        #expect(code { try planner.stepsUp() } == .newerSchema)
    }

    @Test func aHoleInTheHistoryIsRefused() throws {
        var history = recorded(try set(3), .applied, .skipped, .applied)
        history.remove(at: 1)
        #expect(
            code { try MigrationPlanner(try set(3), recorded: history, engine: native).stepsUp() }
                == .unexpected)
    }

    @Test func aMigrationThatStoppedHalfWayIsRefusedUntilItIsTakenBack() throws {
        let set = try set(3)
        let planner = MigrationPlanner(
            set, recorded: recorded(set, .applied, .skipped, .running), engine: native)
        #expect(code { try planner.stepsUp() } == .halfApplied)
        #expect(try planner.stepsDown(to: 2, deletingData: false) == [.revert(set.migrations[2])])
    }

    @Test func aRollbackGoesBackwardsAndForgetsWhatWasSkipped() throws {
        let set = try set(3)
        let planner = MigrationPlanner(
            set, recorded: recorded(set, .applied, .skipped, .applied), engine: native)
        #expect(
            try planner.stepsDown(to: 0, deletingData: false)
                == [.revert(set.migrations[2]), .forget(set.migrations[1]), .revert(set.migrations[0])])
        #expect(code { try planner.stepsDown(to: 4, deletingData: false) } == .badTarget)
    }

    @Test func aRollbackThatDeletesDataNeedsConsent() throws {
        let set = try set(3, deleting: 1)
        let planner = MigrationPlanner(
            set, recorded: recorded(set, .applied, .skipped, .applied), engine: native)
        #expect(code { try planner.stepsDown(to: 0, deletingData: false) } == .deletesData)
        #expect(code { try planner.stepsDown(to: 1, deletingData: false) } == nil)
        #expect(try planner.stepsDown(to: 0, deletingData: true).count == 3)
    }

    @Test func retriesDoubleTheirPauseAndEnd() {
        var retry = BoundedRetry(attemptsMax: 4, first: .milliseconds(200), longest: .milliseconds(500))
        #expect(retry.next() == .milliseconds(200))
        #expect(retry.next() == .milliseconds(400))
        #expect(retry.next() == .milliseconds(500))
        #expect(retry.next() == nil)
    }
}
