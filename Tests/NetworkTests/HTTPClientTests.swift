import Network
import Testing

@Suite struct HTTPClientTests {
    private static func routes() -> HTTPRoutes {
        var routes = HTTPRoutes()
        routes.on("GET", "/json") { request in
            var response = HTTPResponse.json(String(repeating: "{\"a\":1}", count: 1_000))
            response.headers.add("Remaining-Req", "group=candles; min=600; sec=9")
            response.headers.add("X-Origin", request.headers["Origin"] ?? "none")
            response.headers.add("X-Query", request.query("to") ?? "")
            return response
        }
        routes.on("POST", "/echo") { HTTPResponse(status: 201, body: $0.body) }
        routes.on("DELETE", "/thing") { .text($0.method) }
        routes.on("GET", "/busy") { _ in .text("Too many API requests.", status: 429) }
        routes.on("GET", "/cut") { _ in
            var response = HTTPResponse(body: [UInt8](repeating: 1, count: 100_000))
            response.resetAfterBodyBytes = 10
            return response
        }
        routes.on("GET", "/hang") { _ in
            try? await Task.sleep(for: .seconds(60))
            return .text("")
        }
        return routes
    }

    private func withServer(
        _ body: (LoopbackServer, HTTPClient) async throws -> Void
    ) async throws {
        let server = try LoopbackServer(Self.routes())
        defer { server.stop() }
        try await body(server, try HTTPClient())
    }

    private func failure(_ call: HTTPCall, _ client: HTTPClient) async -> NetworkError? {
        do throws(NetworkError) {
            _ = try await client.perform(call)
            return nil
        } catch {
            return error
        }
    }

    @Test func answersCarryHeadersAndExpandedBodiesAndConnectionsAreKept() async throws {
        try await withServer { server, client in
            let address = try server.address("/json?to=2026-01-01T00%3A00", scheme: "http")
            let first = try await client.perform(HTTPCall(address))
            #expect(first.status == 200)
            #expect(first.body.count == 7_000)
            #expect(first.headers["content-encoding"] == "gzip")
            #expect(first.headers["remaining-req"] == "group=candles; min=600; sec=9")
            #expect(first.headers["X-Origin"] == "none")
            #expect(first.headers["X-Query"] == "2026-01-01T00:00")
            #expect(!first.reusedConnection)
            #expect(try await client.perform(HTTPCall(address)).reusedConnection)
        }
    }

    @Test func methodsBodiesAndErrorsArePassedThrough() async throws {
        try await withServer { server, client in
            let body = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
            let echo = try await client.perform(
                HTTPCall(server.address("/echo", scheme: "http"), method: "POST", body: body))
            #expect(echo.status == 201)
            #expect(echo.body == body)
            let deleted = try await client.perform(
                HTTPCall(server.address("/thing", scheme: "http"), method: "DELETE"))
            #expect(deleted.text == "DELETE")
            let busy = try await client.perform(HTTPCall(server.address("/busy", scheme: "http")))
            #expect(busy.status == 429)
            #expect(busy.text == "Too many API requests.")
        }
    }

    @Test func aPeerThatHangsEndsAtTheDeadline() async throws {
        try await withServer { server, client in
            let address = try server.address("/hang", scheme: "http")
            let start = Monotonic.milliseconds()
            let noByte = await failure(HTTPCall(address, firstByteMillisecondsMax: 200), client)
            #expect(noByte?.code == .firstByteTimeout)
            let total = await failure(HTTPCall(address, totalMillisecondsMax: 200), client)
            #expect(total?.code == .totalTimeout)
            #expect((380...10_000).contains(Monotonic.milliseconds() - start))
        }
    }

    @Test func anAnswerOverItsBoundIsRefusedAfterExpanding() async throws {
        try await withServer { server, client in
            let call = HTTPCall(try server.address("/json", scheme: "http"), bodyBytesMax: 6_999)
            #expect(await failure(call, client)?.code == .tooLarge)
        }
    }

    @Test func anAnswerThatIsCutIsAnError() async throws {
        try await withServer { server, client in
            let code = await failure(HTTPCall(try server.address("/cut", scheme: "http")), client)?.code
            #expect(code == .reset || code == .ended)
        }
    }

    @Test func cancellingTheTaskEndsTheCall() async throws {
        try await withServer { server, client in
            let call = HTTPCall(try server.address("/hang", scheme: "http"))
            let start = Monotonic.milliseconds()
            let task = Task { await failure(call, client) }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(Monotonic.milliseconds() - start < 2_000)
        }
    }

    @Test func callsThatCannotBeMadeAreRefused() async throws {
        let client = try HTTPClient()
        let address = try Address("http://127.0.0.1:9/")
        #expect(await failure(HTTPCall(address, headers: ["Origin": "a"]), client)?.code == .invalidRequest)
        #expect(await failure(HTTPCall(address, headers: ["A": "b\nc"]), client)?.code == .invalidRequest)
        #expect(await failure(HTTPCall(address, method: "GET /x"), client)?.code == .invalidRequest)
        #expect(await failure(HTTPCall(try Address("ws://127.0.0.1:9/")), client)?.code == .invalidRequest)
        let port = try RawListener().port
        #expect(await failure(HTTPCall(try Address("http://127.0.0.1:\(port)/")), client)?.code == .refused)
    }

    @Test func aPeerThatIsNotHTTPIsNamed() async throws {
        let listener = try RawListener()
        let client = try HTTPClient()
        async let failure = failure(HTTPCall(try Address("http://127.0.0.1:\(listener.port)/")), client)
        let peer = await listener.accept()
        _ = await peer.receive(until: "\r\n\r\n")
        peer.send("SSH-2.0-Hello\r\n")
        peer.reset()
        #expect(try await failure?.code == .protocolViolation)
    }

    @Test func manyCallsAtOnceAllEnd() async throws {
        try await withServer { server, client in
            let address = try server.address("/json", scheme: "http")
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<200 { group.addTask { try await client.perform(HTTPCall(address)).body.count } }
                return try await group.reduce(0, +)
            }
            #expect(sum == 200 * 7_000)
        }
    }

    @Test func datesOfHeadersAreReadAndWritten() {
        #expect(HTTPStatus.date(unixSeconds: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPStatus.unixSeconds(date: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        for seconds in stride(from: Int64(0), to: 4_000_000_000, by: 7_654_321) {
            #expect(HTTPStatus.unixSeconds(date: HTTPStatus.date(unixSeconds: seconds)) == seconds)
        }
        #expect(HTTPStatus.unixSeconds(date: "yesterday") == nil)
    }
}
