import Foundation
import TestKit
import Testing

/// A private server that ends under a running program.
@Suite(.serialized) struct ServerKeeperTests {
    @Test func aServerThatIsKilledUnderTheDemoIsStartedAgainAndTradesGoOn() async throws {
        try await ServerSandbox().use { sandbox in
            let demo = try sandbox.start("demo")
            #expect(try await demo.prints("Yeoul's demo runs."), "\(demo.output)")
            let first = try #require(sandbox.serverProcess())
            kill(first, SIGKILL)
            #expect(try await demo.prints("the private database has died"), "\(demo.output)")
            #expect(try await demo.prints("the private database runs again"), "\(demo.output)")
            let second = try #require(sandbox.serverProcess())
            #expect(second != first && ServerSandbox.isRunning(second))
            let count = { try await Int(sandbox.answer("SELECT count(*) FROM market.transactions")) ?? 0 }
            let before = try await count()
            var after = before
            for _ in 0..<300 where after <= before {
                try await Task.sleep(for: .milliseconds(100))
                after = try await count()
            }
            #expect(after > before, "\(demo.output)")
            demo.signal(SIGTERM)
            #expect(try await demo.status() == 0, "\(demo.output)")
            #expect(sandbox.serverProcess() == nil)
        }
    }

    @Test func aServerThatSomebodyStopsStaysStopped() async throws {
        try await ServerSandbox().use { sandbox in
            let demo = try sandbox.start("demo")
            #expect(try await demo.prints("Yeoul's demo runs."), "\(demo.output)")
            #expect(try await sandbox.yeoul("db", "stop", "--force").status == 0)
            #expect(try await demo.prints("somebody has stopped the private database"), "\(demo.output)")
            #expect(sandbox.serverProcess() == nil)
            demo.signal(SIGTERM)
            #expect(try await demo.status() == 0, "\(demo.output)")
        }
    }
}
