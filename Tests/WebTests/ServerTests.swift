import Foundation
import Network
import TestKit
import Testing
import Web

@Suite struct ServerTests {
    @Test(arguments: ["/", "/docs", "/app.js", "/app.css", "/api/markets", "/nothing", "/openapi.json"])
    func everyAnswerForbidsWhatABrowserNeedNotDo(_ path: String) async throws {
        let fixture = try await APITests.shared.value
        let answer = try await fixture.get(path)
        let policy = try #require(answer.headers["Content-Security-Policy"])
        #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"))
        #expect(!policy.contains("unsafe"))
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        #expect(answer.headers["X-Frame-Options"] == "DENY")
        #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
    }

    @Test(arguments: [
        "/../Package.swift", "/%2e%2e/Package.swift", "/..%2fPackage.swift", "/app.js/../../etc/passwd",
        "//etc/passwd", "/etc/passwd", "/.git/config", "/web/app.js", "/app.js/", "/%00", "/app.js%00.html",
    ])
    func noPathLeadsOut(_ path: String) async throws {
        let fixture = try await APITests.shared.value
        let answer = try await RawRequest.answer(
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", fixture)
        #expect(
            answer.hasPrefix("HTTP/1.1 404 ") || answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(60))")
        #expect(!answer.contains("root:") && !answer.contains("swift-tools-version"))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"])
    func readingIsAllThereIs(_ method: String) async throws {
        let fixture = try await APITests.shared.value
        let answer = try await fixture.get("/api/markets", method: method)
        #expect(answer.status == 405 && answer.headers["Allow"] == "GET, HEAD")
    }

    @Test func aStrangeNameOfThisMachineIsRefused() async throws {
        let fixture = try await APITests.shared.value
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000"] {
            let answer = try await RawRequest.answer(
                "GET /api/markets HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n", fixture)
            #expect(answer.hasPrefix("HTTP/1.1 421 "), "\(host)")
        }
        for host in ["localhost:8000", "127.0.0.1", "[::1]:8000"] {
            let answer = try await RawRequest.answer(
                "GET /api/gaps HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n", fixture)
            #expect(answer.hasPrefix("HTTP/1.1 200 "), "\(host)")
        }
    }

    @Test func withATokenOnlyItsHolderReads() async throws {
        let token = "a-token-that-nobody-guesses"
        let fixture = try await WebFixture.make(isFilled: false) { $0.token = token }
        // The page itself tells nothing, and must be able to ask for the token.
        for path in ["/", "/app.js"] { #expect(try await fixture.get(path).status == 200) }
        for path in ["/api/markets", "/metrics", "/health", "/openapi.json"] {
            let refused = try await fixture.get(path)
            #expect(refused.status == 401 && refused.headers["WWW-Authenticate"] == "Bearer", "\(path)")
            #expect(
                try await fixture.get(path, ["Authorization": "Bearer wrong-token-of-some-sort"]).status
                    == 401)
            #expect(try await fixture.get(path, ["Authorization": "Bearer \(token)"]).status == 200)
        }
        let began = ContinuousClock.now
        #expect(try await fixture.get("/login", method: "POST", body: Array("guess".utf8)).status == 401)
        #expect(ContinuousClock.now - began >= .seconds(1))
        let opened = try await fixture.get("/login", method: "POST", body: Array(token.utf8))
        #expect(opened.status == 204)
        let cookie = try #require(opened.headers["Set-Cookie"])
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(token))
        let session = String(cookie.prefix { $0 != ";" })
        #expect(try await fixture.get("/api/markets", ["Cookie": "a=b; \(session)"]).status == 200)
        #expect(try await fixture.get("/api/markets", ["Cookie": "yeoul_session=0"]).status == 401)
    }

    @Test func aFolderCompletesThePage() async throws {
        let folder = try TemporaryFolder(named: "yeoul page")
        try folder.write("// charts", to: "lightweight-charts.js")
        try folder.write("body {}", to: "app.css")
        for name in ["secret.txt", ".hidden.js"] { try folder.write("no", to: name) }
        let fixture = try await WebFixture.make(isFilled: false) { $0.folder = folder.path }
        #expect(try await fixture.get("/lightweight-charts.js").text == "// charts")
        #expect(try await fixture.get("/app.css").text == "body {}")
        #expect(try await fixture.get("/secret.txt").status == 404)
        #expect(try await fixture.get("/.hidden.js").status == 404)
        #expect(throws: WebError.self) { try PageFiles(folder: "/nowhere") }
        // Without it the page is told so by an empty script.
        let plain = try await APITests.shared.value
        #expect(try await plain.get("/lightweight-charts.js").text.hasPrefix("// Not installed"))
    }

    @Test func allOfThePageIsInTheProgram() throws {
        let names = try PageFiles(folder: nil).names
        for name in ["index.html", "app.css", "app.js", "docs.html", "icon.svg"] {
            #expect(names.contains(name))
        }
    }
}
