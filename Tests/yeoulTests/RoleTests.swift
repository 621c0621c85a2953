import Foundation
import Network
import TestKit
import Testing

@Suite(.serialized) struct RoleTests {
    @Test func theDemoServesItsPage() async throws {
        try await ServerSandbox().use { sandbox in
            let demo = try sandbox.start("demo", "--set", "web.port=0")
            #expect(try await demo.prints("  page      http://127.0.0.1:"))
            let rest = try #require(demo.output.split(separator: "  page      ").last)
            let origin = String(rest.prefix { $0 != "\n" }.dropLast())
            let http = try HTTPClient()
            let page = try await http.perform(HTTPCall(try Address(origin + "/")))
            #expect(page.status == 200 && page.text.contains("<title>Yeoul</title>"))
            let status = try await http.perform(HTTPCall(try Address(origin + "/api/status")))
            #expect(status.text.contains("\"simulated\" : true"))
            demo.signal(SIGTERM)
            #expect(try await demo.status() == 0)
        }
    }

    @Test func upHealsARoleThatIsKilledAndEndsThemAll() async throws {
        try await ServerSandbox().use { sandbox in
            let up = try sandbox.start("up", "--set", "web.port=0")
            #expect(try await up.prints("Yeoul's page: http://127.0.0.1:"))
            let first = try #require(Self.process("serve", sandbox))
            kill(first, SIGKILL)
            let isBack = try await ServerSandbox.eventually {
                let next = Self.process("serve", sandbox)
                return next != nil && next != first
            }
            #expect(isBack)
            #expect(up.output.contains("a role ended by itself"))
            up.signal(SIGTERM)
            #expect(try await up.status() == 0)
            #expect(Self.process("serve", sandbox) == nil)
            #expect(sandbox.serverProcess().map { ServerSandbox.isRunning($0) } != true)
        }
    }

    @Test func rolesWhoseSupervisorIsKilledEndByThemselves() async throws {
        try await ServerSandbox().use { sandbox in
            let up = try sandbox.start("up", "--set", "web.port=0")
            #expect(try await up.prints("Yeoul's page: http://127.0.0.1:"))
            up.signal(SIGKILL)
            let isOver = try await ServerSandbox.eventually {
                Self.process("serve", sandbox) == nil
                    && sandbox.serverProcess().map { ServerSandbox.isRunning($0) } != true
            }
            #expect(isOver)
        }
    }

    /// The process of a role that belongs to the sandbox: its settings name the folder.
    private static func process(_ role: String, _ sandbox: ServerSandbox) -> Int32? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in names.compactMap({ Int32($0) }) {
            guard let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"),
                let settings = FileManager.default.contents(atPath: "/proc/\(pid)/environ")
            else { continue }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 1, words[1] == role else { continue }
            if String(decoding: settings, as: UTF8.self).contains("YEOUL__DATA__FOLDER=\(sandbox.data)\u{0}")
            {
                return pid
            }
        }
        return nil
    }
}
