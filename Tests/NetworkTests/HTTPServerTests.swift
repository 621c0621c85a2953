import Network
import Synchronization
import Testing

@Suite struct HTTPServerTests {
    private static func routes() -> HTTPRoutes {
        var routes = HTTPRoutes()
        routes.on("GET", "/hello/{name}") { .text("hello \($0.parameters["name"] ?? "")") }
        routes.on("POST", "/length") { .text("\($0.body.count)") }
        routes.on("GET", "/large") { _ in
            HTTPResponse(body: [UInt8](repeating: UInt8(ascii: "x"), count: 5_000_000))
        }
        routes.on("GET", "/bad") { _ in HTTPResponse(headers: ["A": "b\r\nInjected: yes"]) }
        return routes
    }

    private func exchange(
        _ text: String, bounds: HTTPBounds = HTTPBounds(), until: String? = nil
    ) async throws -> String {
        let server = try LoopbackServer(Self.routes(), bounds: bounds)
        defer { server.stop() }
        let peer = try RawPeer.connect(to: server.port)
        peer.send(text)
        return await peer.receive(until: until)
    }

    @Test func aConnectionServesOneRequestAfterAnother() async throws {
        let one = "GET /hello/one HTTP/1.1\r\nHost: a\r\n\r\n"
        let last = "GET /hello/two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let answers = try await exchange(one + one + last)
        #expect(answers.components(of: "HTTP/1.1 200 OK\r\n") == 3)
        #expect(answers.components(of: "hello one") == 2)
        #expect(answers.hasSuffix("hello two"))
        #expect(answers.contains("\r\nDate: "))
    }

    @Test func aHeadHasNoBodyAndAnOldCallerNoKeepAlive() async throws {
        let answer = try await exchange("HEAD /hello/you HTTP/1.0\r\n\r\n")
        #expect(answer.contains("Content-Length: 9\r\n"))
        #expect(answer.hasSuffix("Connection: close\r\n\r\n"))
    }

    @Test func aCallerThatAsksFirstIsToldToGoOn() async throws {
        let server = try LoopbackServer(Self.routes())
        defer { server.stop() }
        let peer = try RawPeer.connect(to: server.port)
        peer.send("POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        #expect(await peer.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        peer.send("abc")
        #expect(await peer.receive(until: "\r\n\r\n3").hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test(arguments: [
        ("GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "404"),
        ("POST /hello/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "405"),
        ("GET /hello/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "404"),
        ("GET /bad HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "500"),
        ("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        (
            "GET /hello/x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n",
            "400"
        ),
    ])
    func whatCannotBeServedIsAnsweredAndTheConnectionEnds(text: String, status: String) async throws {
        let answer = try await exchange(text)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(!answer.contains("Injected"))
    }

    @Test func anotherVersionOfTheWebSocketIsToldWhichIsSpoken() async throws {
        let answer = try await exchange(
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.contains("Sec-WebSocket-Version: 13"))
    }

    @Test func aCallerThatStopsInItsHeadersIsAnswered408() async throws {
        var bounds = HTTPBounds()
        bounds.headMillisecondsMax = 300
        let server = try LoopbackServer(Self.routes(), bounds: bounds)
        defer { server.stop() }
        let peer = try RawPeer.connect(to: server.port)
        let start = Monotonic.milliseconds()
        peer.send("GET /hello/x HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        #expect(await peer.receive().hasPrefix("HTTP/1.1 408 "))
        #expect((250...5_000).contains(Monotonic.milliseconds() - start))
    }

    @Test func aCallerThatTricklesItsHeadersGainsNoTime() async throws {
        var bounds = HTTPBounds()
        bounds.headMillisecondsMax = 300
        let server = try LoopbackServer(Self.routes(), bounds: bounds)
        defer { server.stop() }
        let peer = try RawPeer.connect(to: server.port)
        async let answer = peer.receive(milliseconds: 10_000)
        let isEnded = Mutex(false)
        let trickle = Task {
            // 200 bytes in 4 s at least: each would start the time anew if it could.
            peer.send("GET /hello/")
            for _ in 0..<200 where !isEnded.withLock({ $0 }) {
                peer.send("x")
                try await Task.sleep(for: .milliseconds(20))
            }
            return isEnded.withLock { $0 }
        }
        // A byte that came after the end may have reset the connection before the answer was read.
        let words = await answer
        isEnded.withLock { $0 = true }
        #expect(words.isEmpty || words.hasPrefix("HTTP/1.1 408 "))
        #expect(try await trickle.value, "the trickle went through to its end")
    }

    @Test func aCallerThatSaysNothingIsSentAway() async throws {
        var bounds = HTTPBounds()
        bounds.headMillisecondsMax = 200
        bounds.idleMillisecondsMax = 200
        let server = try LoopbackServer(Self.routes(), bounds: bounds)
        defer { server.stop() }
        let silent = try RawPeer.connect(to: server.port)
        #expect(await silent.receive(milliseconds: 3_000) == "")
        let start = Monotonic.milliseconds()
        let idle = try RawPeer.connect(to: server.port)
        idle.send("GET /hello/x HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await idle.receive(milliseconds: 3_000).hasSuffix("hello x"))
        #expect(Monotonic.milliseconds() - start < 2_000)
    }

    @Test func oneCallerTooManyIsAnswered503() async throws {
        var bounds = HTTPBounds()
        bounds.connectionsMax = 3
        let server = try LoopbackServer(Self.routes(), bounds: bounds)
        defer { server.stop() }
        var peers: [RawPeer] = []
        for _ in 0..<3 {
            let peer = try RawPeer.connect(to: server.port)
            peer.send("GET /hello/x HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await peer.receive(until: "hello x").hasPrefix("HTTP/1.1 200"))
            peers.append(peer)
        }
        #expect(await (try RawPeer.connect(to: server.port)).receive().hasPrefix("HTTP/1.1 503"))
        peers.removeLast()
        // Its end is noticed soon, and its place is free again.
        var status = "503"
        for _ in 0..<50 where status == "503" {
            try await Task.sleep(for: .milliseconds(20))
            let peer = try RawPeer.connect(to: server.port)
            peer.send("GET /hello/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            status = String(await peer.receive().dropFirst(9).prefix(3))
        }
        #expect(status == "200")
    }

    @Test func aCallerThatLeavesEndsTheWorkDoneForIt() async throws {
        let isCancelled = Mutex(false)
        let hasBegun = Mutex(false)
        var routes = HTTPRoutes()
        routes.on("GET", "/hang") { _ in
            hasBegun.withLock { $0 = true }
            try? await Task.sleep(for: .seconds(60))
            isCancelled.withLock { $0 = Task.isCancelled }
            return .text("")
        }
        let server = try LoopbackServer(routes)
        defer { server.stop() }
        do {
            let peer = try RawPeer.connect(to: server.port)
            peer.send("GET /hang HTTP/1.1\r\nHost: a\r\n\r\n")
            while !hasBegun.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        }
        for _ in 0..<200 where !isCancelled.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(isCancelled.withLock { $0 })
    }

    @Test func aLargeAnswerReachesASlowReaderWhole() async throws {
        let server = try LoopbackServer(Self.routes())
        defer { server.stop() }
        let peer = try RawPeer.connect(to: server.port)
        peer.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        try await Task.sleep(for: .milliseconds(200))
        let bytes = await peer.receiveBytes()
        #expect(bytes.count > 5_000_000)
        #expect(bytes.suffix(5_000_000).allSatisfy { $0 == UInt8(ascii: "x") })
    }

    @Test func twoThousandWebSocketsAndCallersAreServed() async throws {
        var bounds = HTTPBounds()
        bounds.connectionsMax = 3_000
        var routes = socketRoute { Echo() }
        routes.on("GET", "/hello") { _ in .text("hello") }
        let server = try LoopbackServer(routes, bounds: bounds)
        defer { server.stop() }
        var inboxes: [(WebSocketInbox, any WebSocketConnection)] = []
        var request = WebSocketRequest(to: try server.address("/socket"), offersCompression: false)
        request.bounds.receiveBufferBytes = 4_096
        for _ in 0..<2_000 {
            let inbox = WebSocketInbox()
            inboxes.append((inbox, server.client.connect(request, consumer: inbox)))
        }
        var answers = 0
        for (inbox, _) in inboxes { if case .opened = await inbox.next() { answers += 1 } }
        #expect(answers == 2_000)
        for (index, entry) in inboxes.enumerated() { _ = entry.1.send("\(index)") }
        var echoes = 0
        for (index, entry) in inboxes.enumerated()
        where try await entry.0.nextMessage() == Array("\(index)".utf8) {
            echoes += 1
        }
        #expect(echoes == 2_000)
        let client = try HTTPClient()
        #expect(try await client.perform(HTTPCall(server.address("/hello", scheme: "http"))).text == "hello")
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let range = rest.firstRange(of: part) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
