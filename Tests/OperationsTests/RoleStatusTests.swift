import Foundation
import Operations
import TestKit
import Testing

@Suite struct RoleStatusTests {
    private func status(_ role: String, updated: Int64 = 0, state: String = "running") -> RoleStatus {
        RoleStatus(
            role: role, host: "here", pid: 7, startedUnixMilliseconds: 0, updatedUnixMilliseconds: updated,
            state: state, reasons: ["a reason"],
            metrics: [
                MetricFamily(
                    "yeoul_x_total", .counter, "Xs.",
                    [
                        MetricSample(2, [MetricLabel("kind", "a")]),
                        MetricSample(3, [MetricLabel("kind", "b")]),
                    ])
            ])
    }

    @Test func whatARoleWroteIsReadAgain() throws {
        let data = try TemporaryFolder(named: "yeoul status")
        let folder = RoleStatusFolder(dataFolder: data.path)
        #expect(folder.read() == [])
        try folder.write(status("serve"))
        try folder.write(status("capture", updated: 5))
        try folder.write(status("capture", updated: 9))
        #expect(folder.read() == [status("capture", updated: 9), status("serve")])
        #expect(folder.read()[0].value(of: "yeoul_x_total") == 5)
        #expect(folder.read()[0].value(of: "yeoul_y") == nil)
        #expect(folder.read()[0].value(of: "yeoul_x_total", where: MetricLabel("kind", "b")) == 3)
        #expect(folder.read()[0].value(of: "yeoul_x_total", where: MetricLabel("kind", "c")) == nil)
        #expect(
            folder.read()[0].series.map(\.name) == [
                "yeoul_x_total{kind=\"a\"}", "yeoul_x_total{kind=\"b\"}",
            ])
        // Only whole files, and no drafts left behind.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "capture.json", "serve.json",
            ])
    }

    @Test func figuresThatAreNoNumbersSurviveToo() throws {
        let data = try TemporaryFolder()
        let folder = RoleStatusFolder(dataFolder: data.path)
        var strange = status("serve")
        strange.metrics[0].samples[0].value = .infinity
        try folder.write(strange)
        #expect(folder.read() == [strange])
    }

    @Test func whatIsNoStatusIsLeftOut() throws {
        let data = try TemporaryFolder()
        let folder = RoleStatusFolder(dataFolder: data.path)
        try folder.write(status("serve"))
        try data.write("{\"role\": 5}", to: "status/capture.json")
        try data.write(
            String(repeating: "x", count: RoleStatusFolder.fileBytesMax + 1), to: "status/huge.json")
        try data.write("no", to: "status/notes.txt")
        #expect(folder.read().map(\.role) == ["serve"])
    }

    @Test func aNameLeadsNowhereElse() throws {
        let data = try TemporaryFolder()
        let folder = RoleStatusFolder(dataFolder: data.path)
        try folder.write(status("../../evil"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["------evil.json"])
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let folder = RoleStatusFolder(dataFolder: "/proc/nowhere")
        let error = #expect(throws: OperationsError.self) { try folder.write(status("serve")) }
        #expect(error?.place == "/proc/nowhere/status/serve.json" && error?.remedy != nil)
    }

    @Test func silenceMakesStaleUnlessItWasTheLastWord() {
        let limit = RoleStatus.freshMillisecondsMax
        #expect(!status("a").isStale(nowUnixMilliseconds: limit))
        #expect(status("a").isStale(nowUnixMilliseconds: limit + 1))
        #expect(!status("a", state: "stopped").isStale(nowUnixMilliseconds: limit + 1))
    }

    @Test func theMetricsOfStaleRolesAreLeftOut() {
        let families = StatusMetrics.families(
            [status("old"), status("new", updated: 60_000)], nowUnixMilliseconds: 60_000)
        let text = PrometheusText.render(families)
        #expect(text.contains("yeoul_role_up{role=\"old\"} 0\nyeoul_role_up{role=\"new\"} 1\n"))
        #expect(text.contains("yeoul_x_total{kind=\"a\",role=\"new\"} 2\n"))
        #expect(!text.contains("role=\"old\"} 2"))
    }
}
