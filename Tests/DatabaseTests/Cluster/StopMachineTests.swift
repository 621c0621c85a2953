import Database
import Testing

@Suite struct StopMachineTests {
    private static let running = ClusterFacts(
        server: .cluster(major: 15),
        postmaster: .running(PostmasterFile(pid: 7, port: 5000, socketFolder: "/s", status: .ready)))
    private static let gone = ClusterFacts(server: .cluster(major: 15))
    private var machine = StopMachine(deadlines: ClusterDeadlines())

    @Test mutating func aServerThatDoesNotRunIsDone() {
        #expect(machine.next(Self.gone, nowMilliseconds: 0) == .done(wasRunning: false, immediate: false))
    }

    @Test mutating func aServerIsStoppedPolitely() {
        #expect(machine.next(Self.running, nowMilliseconds: 0) == .signal(.fast, pid: 7))
        #expect(machine.next(Self.running, nowMilliseconds: 59_999) == .wait(milliseconds: 20))
        #expect(machine.next(Self.gone, nowMilliseconds: 60_001) == .done(wasRunning: true, immediate: false))
    }

    @Test mutating func politenessEndsAtItsDeadlineAndForceAtItsOwn() {
        #expect(machine.next(Self.running, nowMilliseconds: 0) == .signal(.fast, pid: 7))
        #expect(machine.next(Self.running, nowMilliseconds: 60_000) == .signal(.immediate, pid: 7))
        #expect(machine.next(Self.running, nowMilliseconds: 69_999) == .wait(milliseconds: 20))
        #expect(machine.next(Self.running, nowMilliseconds: 70_000) == .refuse(pid: 7))
    }

    @Test mutating func anImmediateEndIsSaid() {
        _ = machine.next(Self.running, nowMilliseconds: 0)
        _ = machine.next(Self.running, nowMilliseconds: 60_000)
        #expect(machine.next(Self.gone, nowMilliseconds: 60_100) == .done(wasRunning: true, immediate: true))
    }

    @Test mutating func theServersLastChildrenAreWaitedFor() {
        _ = machine.next(Self.running, nowMilliseconds: 0)
        let lingering = ClusterFacts(server: .cluster(major: 15), orphans: [8])
        #expect(machine.next(lingering, nowMilliseconds: 100) == .wait(milliseconds: 20))
        #expect(machine.next(lingering, nowMilliseconds: 10_000) == .done(wasRunning: true, immediate: false))
    }
}
