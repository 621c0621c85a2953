import Foundation
import Network
import TestKit

/// A headless Chromium, driven by the WebDriver protocol. It ends with this value, and with this process.
final class Browser: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// How the page is looked at.
    struct Look: Sendable {
        var width = 1_440
        var height = 900
        var isPhone = false
        var language = "en"
        var isLight = false

        static let desktop = Look()
        static let phone = Look(width: 390, height: 844, isPhone: true)
    }

    private let driver: BrowserDriver
    private let http: HTTPClient
    private let session: String
    private let folder: TemporaryFolder

    private init(_ driver: BrowserDriver, _ http: HTTPClient, _ session: String, _ folder: TemporaryFolder) {
        self.driver = driver
        self.http = http
        self.session = session
        self.folder = folder
    }

    static func open(_ look: Look = .desktop) async throws -> Browser {
        let folder = try TemporaryFolder(named: "yeoul-browser")
        let port = try freePort()
        let driver = try BrowserDriver(port: port, folder: folder.path)
        let http = try HTTPClient()
        let origin = "http://127.0.0.1:\(port)"
        let answer = try await begin(http, origin, capabilities(look, folder))
        guard let session = (answer as? [String: Any])?["sessionId"] as? String else {
            throw Failure(description: "chromedriver gave no session: \(answer)")
        }
        return Browser(driver, http, "\(origin)/session/\(session)", folder)
    }

    private static func begin(_ http: HTTPClient, _ origin: String, _ capabilities: [String: Any])
        async throws -> Any
    {
        var last: any Error = Failure(description: "chromedriver did not start")
        for _ in 0..<100 {
            do {
                return try await call(
                    http, "POST", origin + "/session", ["capabilities": ["alwaysMatch": capabilities]])
            } catch let error as NetworkError where error.code == .refused {
                last = error
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        throw last
    }

    private static func capabilities(_ look: Look, _ folder: TemporaryFolder) -> [String: Any] {
        var arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
            "--user-data-dir=\(folder.path)/profile", "--window-size=\(look.width),\(look.height)",
            "--lang=\(look.language)",
        ]
        if look.isLight { arguments.append("--blink-settings=preferredColorScheme=1") }
        var options: [String: Any] = ["args": arguments, "binary": "/usr/bin/chromium"]
        if look.isPhone {
            options["mobileEmulation"] = [
                "deviceMetrics": ["width": look.width, "height": look.height, "pixelRatio": 2, "touch": true]
            ]
        }
        return [
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": ["browser": "ALL"],
        ]
    }

    /// Ends the browser; without it the end of the driver does.
    func close() async {
        _ = try? await Self.call(http, "DELETE", session, nil)
    }

    func visit(_ url: String) async throws {
        _ = try await call("POST", "/url", ["url": url])
    }

    /// What a script returns.
    @discardableResult
    func run(_ script: String, _ arguments: [Any] = []) async throws -> Any {
        try await call("POST", "/execute/sync", ["script": script, "args": arguments])
    }

    func text(_ script: String) async throws -> String { "\(try await run(script))" }

    /// Waits until a script returns true.
    func wait(seconds: Int = 20, for what: String, _ script: String) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if (try? await run("return Boolean(\(script))")) as? Bool == true { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        let state = (try? await text("return document.body.innerText.slice(0, 400)")) ?? ""
        throw Failure(description: "\(what) did not come within \(seconds) s; the page shows: \(state)")
    }

    func click(_ selector: String) async throws {
        let found = try await call("POST", "/element", ["using": "css selector", "value": selector])
        guard let id = (found as? [String: String])?.values.first else {
            throw Failure(description: "there is no \(selector)")
        }
        _ = try await call("POST", "/element/\(id)/click", [:])
    }

    /// Presses keys one after another, as a person does.
    func press(_ keys: String) async throws {
        let actions = keys.flatMap { key in
            [["type": "keyDown", "value": String(key)], ["type": "keyUp", "value": String(key)]]
        }
        _ = try await call(
            "POST", "/actions", ["actions": [["type": "key", "id": "keyboard", "actions": actions]]])
    }

    static let arrowDown = "\u{E015}"
    static let tab = "\u{E004}"
    static let enter = "\u{E007}"

    /// What the page complained of since the last call.
    func complaints() async throws -> [String] {
        let entries = try await call("POST", "/se/log", ["type": "browser"]) as? [[String: Any]] ?? []
        return entries.filter { ["SEVERE", "WARNING"].contains($0["level"] as? String) }
            .map { "\($0["level"] ?? "") \($0["message"] ?? "")" }
    }

    /// Puts a picture of what is seen into the tests' output.
    func screenshot(_ name: String) async throws {
        guard let text = try await call("GET", "/screenshot", nil) as? String,
            let data = Data(base64Encoded: text)
        else { throw Failure(description: "no screenshot came") }
        let output = Repository.root + "/test-output"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        try data.write(to: URL(fileURLWithPath: "\(output)/page-\(name).png"))
    }

    private func call(_ method: String, _ path: String, _ body: [String: Any]?) async throws -> Any {
        try await Self.call(http, method, session + path, body)
    }

    private static func call(
        _ http: HTTPClient, _ method: String, _ url: String, _ body: [String: Any]?
    ) async throws -> Any {
        let bytes = try body.map { Array(try JSONSerialization.data(withJSONObject: $0)) } ?? []
        let answer = try await http.perform(
            HTTPCall(
                try Address(url), method: method, headers: ["Content-Type": "application/json"], body: bytes,
                firstByteMillisecondsMax: 60_000, totalMillisecondsMax: 60_000))
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        guard answer.isSuccess, let value = object?["value"] else {
            throw Failure(description: "\(method) \(url): \(answer.text.prefix(600))")
        }
        return value
    }
}
