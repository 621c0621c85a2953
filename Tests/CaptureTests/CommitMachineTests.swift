import Capture
import TestKit
import Testing

@Suite struct CommitMachineTests {
    private typealias Action = CommitMachine.Action

    /// A machine that has read the position 10 and waits for rows.
    private func ready(rowsMax: Int = 20_000, position: UInt64 = 10) -> CommitMachine {
        var machine = CommitMachine(rowsMax: rowsMax)
        #expect(machine.next(.begin, now: 0, jitter: 0.5) == .connect)
        #expect(machine.next(.connected, now: 0, jitter: 0.5) == .open)
        #expect(machine.next(.opened(position), now: 0, jitter: 0.5) == .goBack(to: position))
        let action = machine.next(.wentBack, now: 0, jitter: 0.5)
        guard case .take = action else {
            Issue.record("it does not take rows but \(action)")
            return machine
        }
        return machine
    }

    @Test func aDatabaseWithoutAPositionIsFilledFromTheJournalsStart() {
        var machine = CommitMachine()
        _ = machine.next(.begin, now: 0, jitter: 0)
        _ = machine.next(.connected, now: 0, jitter: 0)
        #expect(machine.next(.opened(nil), now: 0, jitter: 0) == .goBack(to: 0))
    }

    @Test func commitsBeginAtMostAHundredTimesASecond() {
        var machine = ready()
        var now: Int64 = 1_000
        var begins: [Int64] = []
        for round in 1...50 {
            let action = machine.next(.taken(rows: 1, position: 10 + UInt64(round)), now: now, jitter: 0)
            #expect(action == .commit(rows: 0..<1, isLast: true, suspects: []))
            begins.append(now)
            now += 1
            guard case .take(let notBefore) = machine.next(.committed, now: now, jitter: 0) else {
                Issue.record("it does not take the next rows")
                return
            }
            now = max(now, notBefore)
        }
        #expect(zip(begins, begins.dropFirst()).allSatisfy { $1 - $0 >= 10 })
        #expect(machine.committed == 60)
    }

    @Test func whenNothingComesTheServerIsAskedNowAndThen() {
        var machine = ready()
        let every = CommitMachine.idleCheckMilliseconds
        guard case .take = machine.next(.nothing, now: every - 1, jitter: 0) else {
            Issue.record("it asks too early")
            return
        }
        #expect(machine.next(.nothing, now: every, jitter: 0) == .check)
        guard case .take = machine.next(.checked(10), now: every + 5, jitter: 0) else {
            Issue.record("the server has what it had")
            return
        }
        guard case .take = machine.next(.nothing, now: 2 * every, jitter: 0) else {
            Issue.record("it was asked just now")
            return
        }
        #expect(machine.next(.nothing, now: 2 * every + 5, jitter: 0) == .check)
        #expect(machine.isReady)
    }

    @Test func aServerThatTurnsOutToBeAnotherIsReadFromItsPosition() {
        var machine = ready()
        let now = CommitMachine.idleCheckMilliseconds
        #expect(machine.next(.nothing, now: now, jitter: 0) == .check)
        #expect(machine.next(.checked(7), now: now, jitter: 0) == .connect)
        #expect(!machine.isReady)
        #expect(machine.next(.connected, now: now, jitter: 0) == .open)
        #expect(machine.next(.opened(7), now: now, jitter: 0) == .goBack(to: 7))
    }

    @Test func aServerThatIsGoneIsNoticedWithoutRows() {
        var machine = ready()
        let now = CommitMachine.idleCheckMilliseconds
        #expect(machine.next(.nothing, now: now, jitter: 0) == .check)
        guard case .wait = machine.next(.failed(.connection, isOpen: false), now: now, jitter: 0) else {
            Issue.record("no pause")
            return
        }
        #expect(!machine.isReady)
        #expect(machine.next(.waited, now: now + 1, jitter: 0) == .connect)
    }

    @Test func aCommitWhoseAnswerWasLostIsNotDoneAgain() {
        var machine = ready()
        _ = machine.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        guard case .wait = machine.next(.failed(.outcomeUnknown, isOpen: false), now: 1, jitter: 0.5) else {
            Issue.record("no pause")
            return
        }
        #expect(machine.next(.waited, now: 2, jitter: 0) == .connect)
        #expect(machine.next(.connected, now: 2, jitter: 0) == .open)
        #expect(machine.next(.opened(15), now: 2, jitter: 0) == .take(notBefore: 10))
        #expect(machine.committed == 15)
    }

    @Test func aCommitThatDidNotHappenIsDoneAgain() {
        var machine = ready()
        _ = machine.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        _ = machine.next(.failed(.connection, isOpen: false), now: 1, jitter: 0.5)
        _ = machine.next(.waited, now: 2, jitter: 0)
        _ = machine.next(.connected, now: 2, jitter: 0)
        #expect(
            machine.next(.opened(10), now: 3, jitter: 0) == .commit(rows: 0..<5, isLast: true, suspects: []))
    }

    @Test func aPositionThatWentBackIsFollowed() {
        var machine = ready()
        _ = machine.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        _ = machine.next(.committed, now: 1, jitter: 0)
        _ = machine.next(.taken(rows: 5, position: 20), now: 20, jitter: 0)
        _ = machine.next(.failed(.connection, isOpen: false), now: 21, jitter: 0)
        _ = machine.next(.waited, now: 22, jitter: 0)
        _ = machine.next(.connected, now: 22, jitter: 0)
        // Yesterday's backup.
        #expect(machine.next(.opened(3), now: 23, jitter: 0) == .goBack(to: 3))
        #expect(machine.committed == 3)
    }

    @Test(arguments: [CommitFailure.passing, .exhausted, .schema, .denied])
    func whatPassesIsTriedAgainWithGrowingPauses(failure: CommitFailure) {
        var machine = ready()
        _ = machine.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        var pauses: [Int64] = []
        for _ in 0..<12 {
            guard case .wait(let pause) = machine.next(.failed(failure, isOpen: true), now: 1, jitter: 0.999)
            else {
                Issue.record("no pause")
                return
            }
            pauses.append(pause)
            #expect(
                machine.next(.waited, now: 2, jitter: 0) == .commit(rows: 0..<5, isLast: true, suspects: []))
        }
        #expect(pauses == pauses.sorted() && pauses[0] < 100 && (9_000...10_000).contains(pauses[11]))
    }

    @Test func aServerThatOnlyReadsIsLeft() {
        var machine = ready()
        _ = machine.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        _ = machine.next(.failed(.readOnly, isOpen: true), now: 1, jitter: 0)
        #expect(machine.next(.waited, now: 2, jitter: 0) == .connect)
    }

    /// Commits rows as a database would that refuses some.
    private func store(
        _ rows: Int, refusing: Set<Int>, as failure: CommitFailure = .row, _ machine: inout CommitMachine
    ) -> (stored: Set<Int>, suspects: [Int], transactions: Int, pauses: Int) {
        var stored: Set<Int> = []
        var suspects: [Int] = []
        var (transactions, pauses) = (0, 0)
        let position = (machine.committed ?? 0) + 1
        var action = machine.next(.taken(rows: rows, position: position), now: 0, jitter: 0)
        while transactions < 10_000, pauses < 50 {
            switch action {
            case .commit(let range, let isLast, let aside):
                transactions += 1
                if range.contains(where: { refusing.contains($0) }) {
                    action = machine.next(.failed(failure, isOpen: true), now: 0, jitter: 0)
                    continue
                }
                #expect(stored.isDisjoint(with: range), "stored twice")
                stored.formUnion(range)
                action = machine.next(.committed, now: 0, jitter: 0)
                if isLast {
                    suspects = aside
                    return (stored, suspects, transactions, pauses)
                }
            case .wait:
                pauses += 1
                action = machine.next(.waited, now: 0, jitter: 0)
            default:
                Issue.record("unexpected \(action)")
                return (stored, suspects, transactions, pauses)
            }
        }
        return (stored, suspects, transactions, pauses)
    }

    @Test(arguments: 0..<200) func everyRowIsStoredOnceOrPutAside(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var machine = ready(rowsMax: Int.random(in: 1...200, using: &random))
        let rows = Int.random(in: 1...500, using: &random)
        let refused = Set(
            (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 0..<rows, using: &random) })
        let failure: CommitFailure = rows > refused.count && Bool.random(using: &random) ? .other : .row
        let outcome = store(rows, refusing: refused, as: failure, &machine)
        #expect(outcome.stored == Set(0..<rows).subtracting(refused))
        #expect(Set(outcome.suspects) == refused && outcome.suspects.count == refused.count)
        #expect(machine.committed == 11)
    }

    @Test func aTableThatRefusesEverythingBlocksAndPutsLittleAside() {
        var machine = ready()
        let all = Set(0..<2_000)
        let outcome = store(2_000, refusing: all, &machine)
        #expect(outcome.pauses == 50 && outcome.suspects.isEmpty && machine.committed == 10)
        // Also when rows come one by one.
        var calm = ready()
        var aside = 0
        for _ in 0..<40 { aside += store(1, refusing: [0], &calm).suspects.count }
        #expect(aside < CommitMachine.suspectsMax)
    }

    @Test func aStandbyWaitsForTheLease() {
        var machine = CommitMachine()
        _ = machine.next(.begin, now: 0, jitter: 0)
        _ = machine.next(.connected, now: 0, jitter: 0)
        for _ in 0..<100 {
            #expect(
                machine.next(.failed(.lease, isOpen: true), now: 0, jitter: 0) == .wait(milliseconds: 100))
            #expect(machine.next(.waited, now: 0, jitter: 0) == .open)
        }
        #expect(!machine.isReady)
    }

    @Test func whoLostTheLeaseInACommitReadsThePositionBackBeforeTheNext() {
        var machine = ready()
        _ = machine.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        #expect(machine.next(.failed(.lease, isOpen: true), now: 1, jitter: 0) == .wait(milliseconds: 100))
        #expect(machine.next(.waited, now: 101, jitter: 0) == .open)
        #expect(
            machine.next(.opened(10), now: 102, jitter: 0) == .commit(rows: 0..<5, isLast: true, suspects: [])
        )
    }

    @Test func itStopsWhenDrainedAndWhenTheDatabaseIsAwayAndAtTheDeadline() {
        var drained = ready()
        drained.stop(deadline: 8_000)
        #expect(drained.next(.ended, now: 10, jitter: 0) == .finish)

        var away = ready()
        away.stop(deadline: 8_000)
        _ = away.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        _ = away.next(.failed(.connection, isOpen: false), now: 1, jitter: 0)
        _ = away.next(.waited, now: 2, jitter: 0)
        #expect(away.next(.failed(.connection, isOpen: false), now: 3, jitter: 0) == .finish)

        var late = ready()
        late.stop(deadline: 8_000)
        _ = late.next(.taken(rows: 5, position: 15), now: 0, jitter: 0)
        #expect(late.next(.committed, now: 8_000, jitter: 0) == .finish)
    }
}
