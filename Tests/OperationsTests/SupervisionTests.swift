import Diagnostics
import Foundation
import Operations
import TestKit
import Testing

@Suite struct SupervisionTests {
    private func supervision() -> Supervision {
        Supervision(["capture", "serve"], hopeless: [2, 3], now: 0)
    }

    @Test func rolesStartInOrderAndStopInTheOpposite() {
        var roles = supervision()
        #expect(roles.tick(now: 0) == [.start("capture"), .start("serve")])
        #expect(roles.tick(now: 5) == [])
        #expect(roles.stopAsked(now: 10) == [.terminate("serve")])
        #expect(roles.tick(now: 11) == [])
        #expect(roles.ended("serve", status: 0, now: 20) == [.terminate("capture")])
        #expect(roles.ended("capture", status: 0, now: 30) == [.finished(isGood: true)])
        #expect(roles.tick(now: 31) == [])
    }

    @Test func oneThatEndsComesBackAfterAGrowingPauseAndTheOthersStay() {
        var roles = supervision()
        _ = roles.tick(now: 0)
        var now: Int64 = 0
        var pauses: [Int64] = []
        for _ in 0..<8 {
            #expect(roles.ended("capture", status: -9, now: now) == [])
            let ended = now
            while roles.tick(now: now) != [.start("capture")] { now += 100 }
            pauses.append(now - ended)
            #expect(roles.isRunning("serve"))
        }
        #expect(pauses == [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
        // After a sound minute the pause is the first again.
        now += Supervision.soundMilliseconds
        _ = roles.ended("capture", status: 1, now: now)
        #expect(roles.tick(now: now + 999) == [])
        #expect(roles.tick(now: now + 1_000) == [.start("capture")])
    }

    @Test func whatCanNeverWorkEndsEverything() {
        var roles = supervision()
        _ = roles.tick(now: 0)
        #expect(roles.ended("serve", status: 3, now: 100) == [.terminate("capture")])
        #expect(roles.ended("capture", status: 0, now: 200) == [.finished(isGood: false)])
    }

    @Test func whatDoesNotEndIsKilledWithinTenSecondsOfAll() {
        var roles = supervision()
        _ = roles.tick(now: 0)
        #expect(roles.stopAsked(now: 0) == [.terminate("serve")])
        let limit = Supervision.stopMillisecondsMax
        #expect(roles.tick(now: limit - 1) == [])
        #expect(roles.tick(now: limit) == [.kill("serve")])
        #expect(roles.ended("serve", status: -9, now: limit + 10) == [.terminate("capture")])
        #expect(roles.tick(now: 2 * limit + 10) == [.kill("capture")])
        #expect(2 * limit + 10 < 10_000)
        // Even one that the system cannot end does not hold us for ever.
        #expect(roles.tick(now: 2 * limit + 2_000) == [.finished(isGood: false)])
    }

    @Test func aStopInAPauseStartsNothingMore() {
        var roles = supervision()
        _ = roles.tick(now: 0)
        _ = roles.ended("capture", status: 1, now: 10)
        #expect(roles.stopAsked(now: 20) == [.terminate("serve")])
        #expect(roles.ended("serve", status: 0, now: 30) == [.finished(isGood: true)])
        #expect(roles.tick(now: 5_000) == [])
    }

    @Test func realProcessesAreStartedAgainAndEnded() async throws {
        let folder = try TemporaryFolder(named: "yeoul supervised")
        let log = folder.path(of: "log")
        try folder.write("", to: "log")
        let stays =
            "echo stays >>'\(log)'; trap 'echo gone >>\"\(log)\"; exit 0' TERM; while :; do sleep 0.05; done"
        let dies = "echo dies >>'\(log)'; exit 1"
        let logger = Logger(
            component: "test", output: LogOutput(level: .critical, format: .text, colour: false, secrets: []))
        let supervisor = Supervisor(
            [.init("stays", ["/bin/sh", "-c", stays]), .init("dies", ["/bin/sh", "-c", dies])], hopeless: [3],
            environment: ["PATH": "/usr/bin:/bin"], logger: logger)
        let deadline = ContinuousClock.now + .seconds(20)
        let isGood = await supervisor.run {
            Self.lines(log).count { $0 == "dies" } >= 2 || ContinuousClock.now > deadline
        }
        #expect(isGood)
        let lines = Self.lines(log)
        #expect(lines.count { $0 == "stays" } == 1 && lines.last == "gone")
        #expect(lines.count { $0 == "dies" } == 2)
    }

    private static func lines(_ path: String) -> [String] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }
}
