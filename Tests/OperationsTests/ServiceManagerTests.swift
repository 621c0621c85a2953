import Foundation
import Operations
import TestKit
import Testing

@Suite struct ServiceManagerTests {
    @Test(arguments: [false, true]) func statesAreDatagrams(_ isAbstract: Bool) async throws {
        let folder = try TemporaryFolder()
        let listener = try DatagramListener(folder, isAbstract: isAbstract)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": listener.place]))
        #expect(manager.watchdogMilliseconds == nil && manager.watch { true } == nil)
        manager.ready("all\nis well")
        manager.status(String(repeating: "여", count: 400))
        manager.stopping()
        // A text of ours cannot begin another message.
        #expect(await listener.next() == "READY=1\nSTATUS=all is well")
        let long = await listener.next() ?? ""
        #expect(long.hasPrefix("STATUS=여여") && long.utf8.count <= 7 + ServiceManager.statusBytesMax)
        #expect(await listener.next() == "STOPPING=1\nSTATUS=Ending")
    }

    @Test func theWatchdogIsFedWhileTheLoopLives() async throws {
        let folder = try TemporaryFolder()
        let listener = try DatagramListener(folder, isAbstract: false)
        let manager = try #require(
            ServiceManager(
                environment: [
                    "NOTIFY_SOCKET": listener.place, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "\(getpid())",
                ]))
        #expect(manager.watchdogMilliseconds == 100)
        let watch = try #require(manager.watch { true })
        for _ in 0..<3 { #expect(await listener.next() == "WATCHDOG=1") }
        watch.cancel()
        await watch.value
        while await listener.next(milliseconds: 0) != nil {}
        // A loop that hangs is not spoken for.
        let silent = try #require(manager.watch { false })
        #expect(await listener.next(milliseconds: 500) == nil)
        silent.cancel()
    }

    @Test func whatIsForAnotherProcessOrMeansNothingIsLeftAlone() throws {
        let folder = try TemporaryFolder()
        let listener = try DatagramListener(folder, isAbstract: false)
        let other = ServiceManager(
            environment: [
                "NOTIFY_SOCKET": listener.place, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1",
            ])
        #expect(other != nil && other?.watchdogMilliseconds == nil)
        for place in ["", "@", "relative", "/" + String(repeating: "x", count: 110)] {
            #expect(ServiceManager(environment: ["NOTIFY_SOCKET": place]) == nil, "\(place)")
        }
        #expect(ServiceManager(environment: [:]) == nil)
        // Nobody listens there: nothing happens, and nothing waits.
        ServiceManager(environment: ["NOTIFY_SOCKET": folder.path(of: "gone")])?.ready("x")
    }

    @Test func aLoopThatStandsStillIsNotAlive() {
        let heartbeat = Heartbeat()
        #expect(heartbeat.isAlive)
        heartbeat.beat()
        #expect(heartbeat.isAlive && Heartbeat.silenceMillisecondsMax < 30_000)
    }
}
