import Database
import Testing

@Suite struct StartMachineTests {
    private static let running = PostmasterFile(pid: 7, port: 5000, socketFolder: "/s", status: .ready)
    private static let starting = PostmasterFile(pid: 7, port: 5000, socketFolder: "/s", status: .starting)
    private static let cluster = ClusterFacts.Server.cluster(major: 15)
    private static let wait = StartMachine.Action.wait(milliseconds: 20)
    private var machine = StartMachine(deadlines: ClusterDeadlines())

    /// Feeds facts, 20 ms apart, and collects what is asked for.
    private mutating func actions(_ facts: [ClusterFacts]) -> [StartMachine.Action] {
        facts.enumerated().map { machine.next($1, nowMilliseconds: Int64($0) * 20) }
    }

    @Test mutating func anEmptyFolderGetsAClusterOfTheNewestVersionAndAServer() {
        let cluster = ClusterFacts.Server.cluster(major: 17)
        let taken = actions([
            ClusterFacts(installedMajors: [15, 17]),
            ClusterFacts(server: cluster, installedMajors: [15, 17]),
            ClusterFacts(server: cluster, child: .running),
            ClusterFacts(server: cluster, postmaster: .running(Self.starting), child: .running),
            ClusterFacts(server: cluster, postmaster: .running(Self.running), child: .running, answers: true),
        ])
        let ready = StartMachine.Action.ready(Self.running, startedByUs: true)
        #expect(taken == [.create(major: 17), .spawn(major: 17), Self.wait, Self.wait, ready])
    }

    @Test mutating func aRunningServerIsJoined() {
        let facts = ClusterFacts(
            server: Self.cluster, postmaster: .running(Self.running), answers: true, installedMajors: [],
            freeBytes: 0)
        #expect(machine.next(facts, nowMilliseconds: 0) == .ready(Self.running, startedByUs: false))
    }

    @Test mutating func aServerThatIsReadyButSilentIsWaitedForUntilTheDeadline() {
        let facts = ClusterFacts(server: Self.cluster, postmaster: .running(Self.running))
        #expect(machine.next(facts, nowMilliseconds: 5) == Self.wait)
        #expect(machine.next(facts, nowMilliseconds: 120_004) == Self.wait)
        let refusal = machine.next(facts, nowMilliseconds: 120_005)
        #expect(refusal == .refuse(.notReady(pid: 7, status: .ready)))
    }

    @Test mutating func anInterruptedCreationIsRemovedFirst() {
        let taken = actions([
            ClusterFacts(hasUnfinishedCreation: true), ClusterFacts(), ClusterFacts(server: Self.cluster),
        ])
        #expect(taken == [.removeUnfinishedCreation, .create(major: 15), .spawn(major: 15)])
    }

    @Test mutating func aCreationThatAnotherProgramStillWorksInIsLeftToIt() {
        let facts = ClusterFacts(hasUnfinishedCreation: true, orphans: [99])
        #expect(machine.next(facts, nowMilliseconds: 0) == Self.wait)
        #expect(machine.next(facts, nowMilliseconds: 9_999) == Self.wait)
        #expect(machine.next(facts, nowMilliseconds: 10_000) == .refuse(.orphans([99])))
    }

    @Test mutating func noStepIsTakenTwice() {
        let taken = actions([ClusterFacts(), ClusterFacts()])
        #expect(taken == [.create(major: 15), .refuse(.noProgress("the new cluster does not appear"))])
    }

    @Test mutating func aStaleFileIsRemovedBeforeTheStart() {
        let taken = actions([
            ClusterFacts(server: Self.cluster, postmaster: .stale(pid: 1)),
            ClusterFacts(server: Self.cluster),
        ])
        #expect(taken == [.removeStaleFile, .spawn(major: 15)])
    }

    @Test mutating func lostPasswordsAreMadeAnewWhileTheServerStands() {
        let taken = actions([
            ClusterFacts(server: Self.cluster, hasPasswords: false), ClusterFacts(server: Self.cluster),
        ])
        #expect(taken == [.resetPasswords(major: 15), .spawn(major: 15)])
    }

    @Test mutating func lostPasswordsOfARunningServerAreRefused() {
        let facts = ClusterFacts(
            server: Self.cluster, postmaster: .running(Self.running), answers: true, hasPasswords: false)
        #expect(machine.next(facts, nowMilliseconds: 0) == .refuse(.passwordsMissing(pid: 7)))
    }

    @Test(arguments: [14, 16, 19])
    func aVersionThatIsNotInstalledIsRefused(major: Int) {
        var machine = machine
        let facts = ClusterFacts(server: .cluster(major: major), installedMajors: [15, 17])
        let refusal = machine.next(facts, nowMilliseconds: 0)
        #expect(refusal == .refuse(.otherMajor(found: major, installed: [15, 17])))
    }

    @Test mutating func theClustersOwnVersionIsRunThoughANewerOneIsInstalled() {
        let facts = ClusterFacts(server: Self.cluster, installedMajors: [18, 15])
        #expect(machine.next(facts, nowMilliseconds: 0) == .spawn(major: 15))
    }

    @Test mutating func aFullDiskIsRefusedBeforeAnythingIsWritten() {
        let create = machine.next(ClusterFacts(freeBytes: (128 << 20) - 1), nowMilliseconds: 0)
        #expect(create == .refuse(.diskFull(freeBytes: (128 << 20) - 1, neededBytes: 128 << 20)))
        let facts = ClusterFacts(server: Self.cluster, freeBytes: (16 << 20) - 1)
        let start = machine.next(facts, nowMilliseconds: 0)
        #expect(start == .refuse(.diskFull(freeBytes: (16 << 20) - 1, neededBytes: 16 << 20)))
    }

    @Test mutating func aServerThatEndsWhileItStartsIsNotTriedAgain() {
        let taken = actions([
            ClusterFacts(server: Self.cluster), ClusterFacts(server: Self.cluster, child: .ended(256)),
        ])
        #expect(taken == [.spawn(major: 15), .refuse(.serverEnded(256))])
    }

    @Test mutating func aStoppingServerIsWaitedForAndThenStartedAnew() {
        let stopping = PostmasterFile(pid: 7, port: 5000, socketFolder: "/s", status: .stopping)
        let taken = actions([
            ClusterFacts(server: Self.cluster, postmaster: .running(stopping), answers: true),
            ClusterFacts(server: Self.cluster),
        ])
        #expect(taken == [Self.wait, .spawn(major: 15)])
    }

    @Test mutating func aDamagedFolderIsRefused() {
        let facts = ClusterFacts(server: .damaged("PG_VERSION is missing"), hasUnfinishedCreation: true)
        #expect(machine.next(facts, nowMilliseconds: 0) == .refuse(.damaged("PG_VERSION is missing")))
    }
}
