import Network
import Synchronization
import Testing

/// Each ends as docs/network.md says, within its deadline.
@Suite struct ClientFailureTests {
    /// A loop and a client without a server.
    private struct Fixture {
        let loop: EventLoop
        let client: WebSocketClient

        init(resolver: any HostResolver = SystemResolver()) throws {
            loop = try EventLoop(named: "test-client")
            client = WebSocketClient(on: loop, resolver: resolver)
        }

        func failure(
            _ text: String, headers: HTTPHeaders = HTTPHeaders(), openMilliseconds: Int64 = 300
        ) async throws -> NetworkError? {
            defer { loop.stop() }
            let inbox = WebSocketInbox()
            _ = client.connect(
                WebSocketRequest(
                    to: try Address(text), headers: headers, openMillisecondsMax: openMilliseconds),
                consumer: inbox)
            return await inbox.reasonOfEnd()
        }
    }

    private final class NeverAnswering: HostResolver {
        func resolve(
            host: String, port: UInt16,
            completion: @escaping @Sendable (Result<[SocketAddress], NetworkError>) -> Void
        ) {}
    }

    private final class Fixed: HostResolver {
        let addresses: [SocketAddress]
        let asked = Mutex(0)

        init(_ addresses: [SocketAddress]) {
            self.addresses = addresses
        }

        func resolve(
            host: String, port: UInt16,
            completion: @escaping @Sendable (Result<[SocketAddress], NetworkError>) -> Void
        ) {
            asked.withLock { $0 += 1 }
            completion(.success(addresses))
        }
    }

    @Test func aNameThatIsNotAnsweredEndsAtTheDeadline() async throws {
        let start = Monotonic.milliseconds()
        let failure = try await Fixture(resolver: NeverAnswering()).failure("ws://slow.example/")
        #expect(failure?.code == .nameTimeout)
        #expect((290...10_000).contains(Monotonic.milliseconds() - start))
    }

    @Test func aSlowNameDoesNotHoldUpOthers() async throws {
        let server = try LoopbackServer(socketRoute { Echo() }, resolver: NeverAnswering())
        defer { server.stop() }
        let slow = WebSocketInbox()
        _ = server.client.connect(
            WebSocketRequest(to: try Address("ws://slow.example/"), openMillisecondsMax: 2_000),
            consumer: slow)
        let quick = WebSocketInbox()
        _ = WebSocketClient(on: server.loop).connect(
            WebSocketRequest(to: try server.address("/socket")), consumer: quick)
        #expect(await quick.next() == .opened(isCompressed: false))
        #expect(slow.waitingCount == 0)
        #expect(await slow.reasonOfEnd()?.code == .nameTimeout)
    }

    @Test func aNameWithoutAnAddressIsNamed() async throws {
        let failure = try await Fixture(resolver: Fixed([])).failure("ws://nowhere.example/")
        #expect(failure?.code == .nameNotFound)
        #expect(failure?.place == "ws://nowhere.example/")
    }

    @Test func theNextAddressIsTriedAndTheNameAskedAnewEachTime() async throws {
        let server = try LoopbackServer(socketRoute { Echo() })
        defer { server.stop() }
        let closed = try RawListener().port
        let dead = try #require(SocketAddress(numeric: "127.0.0.1", port: closed))
        let alive = try #require(SocketAddress(numeric: "127.0.0.1", port: server.port))
        let resolver = Fixed([dead, alive])
        let client = WebSocketClient(on: server.loop, resolver: resolver)
        for round in 1...3 {
            let inbox = WebSocketInbox()
            let connection = client.connect(
                WebSocketRequest(to: try server.address("/socket", host: "name.example")), consumer: inbox)
            #expect(await inbox.next() == .opened(isCompressed: false))
            connection.close()
            #expect(resolver.asked.withLock { $0 } == round)
        }
    }

    @Test func nobodyListeningIsRefused() async throws {
        let port = try RawListener().port
        let failure = try await Fixture().failure("ws://127.0.0.1:\(port)/", openMilliseconds: 10_000)
        #expect(failure?.code == .refused)
    }

    @Test(arguments: ["ws", "wss"])
    func aSilentPeerEndsAtTheDeadline(scheme: String) async throws {
        let listener = try RawListener()
        let start = Monotonic.milliseconds()
        let failure = try await Fixture().failure("\(scheme)://127.0.0.1:\(listener.port)/")
        #expect(failure?.code == .handshakeTimeout)
        #expect((290...10_000).contains(Monotonic.milliseconds() - start))
    }

    /// What the client says of a server that answers with `answer` and then ends.
    private func failure(whenAnswered answer: String) async throws -> NetworkError? {
        let listener = try RawListener()
        async let failure = Fixture().failure("ws://127.0.0.1:\(listener.port)/", openMilliseconds: 10_000)
        let peer = await listener.accept()
        let request = await peer.receive(until: "\r\n\r\n")
        #expect(request.hasPrefix("GET / HTTP/1.1\r\n"))
        #expect(!request.lowercased().contains("\r\norigin:"))
        peer.send(answer)
        peer.reset()
        return try await failure
    }

    @Test func answersThatAreNoWebSocketAreNamed() async throws {
        #expect(try await failure(whenAnswered: "SSH-2.0-Hello\r\n\r\n")?.code == .upgradeRefused)
        let accepted = "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        let wrong = try await failure(whenAnswered: accepted + "Sec-WebSocket-Accept: x\r\n\r\n")
        #expect(wrong?.code == .upgradeRefused)
        let long = String(repeating: "X-Padding: 0123456789\r\n", count: 1_000)
        #expect(try await failure(whenAnswered: "HTTP/1.1 200 OK\r\n" + long)?.code == .tooLarge)
    }

    @Test(arguments: [401, 418, 429, 503])
    func aRefusedUpgradeCarriesItsStatus(status: Int) async throws {
        var routes = HTTPRoutes()
        routes.onWebSocket("/socket") { _ in .refuse(.text("no", status: status)) }
        let server = try LoopbackServer(routes)
        defer { server.stop() }
        let failure = try await Fixture().failure(
            "ws://127.0.0.1:\(server.port)/socket", openMilliseconds: 10_000)
        #expect(failure?.code == .upgradeRefused)
        #expect(failure?.httpStatus == status)
    }

    @Test func anOriginHeaderIsNeverSent() async throws {
        let failure = try await Fixture().failure("ws://127.0.0.1:9/", headers: ["origin": "https://a"])
        #expect(failure?.code == .invalidRequest)
        let broken = try await Fixture().failure("ws://127.0.0.1:9/", headers: ["A": "b\r\nOrigin: c"])
        #expect(broken?.code == .invalidRequest)
    }

    @Test func headersReachTheServer() async throws {
        var routes = HTTPRoutes()
        routes.onWebSocket("/socket") { request in
            request.headers["Authorization"] == "Bearer abc" && request.headers["Origin"] == nil
                ? .accept(WebSocketAcceptance(consumer: Echo())) : .refuse(.text("no", status: 401))
        }
        let server = try LoopbackServer(routes)
        defer { server.stop() }
        let inbox = WebSocketInbox()
        _ = server.client.connect(
            WebSocketRequest(to: try server.address("/socket"), headers: ["Authorization": "Bearer abc"]),
            consumer: inbox)
        #expect(await inbox.next() == .opened(isCompressed: true))
    }

    @Test func givingUpBeforeItIsOpenIsTold() async throws {
        let listener = try RawListener()
        let fixture = try Fixture()
        defer { fixture.loop.stop() }
        let inbox = WebSocketInbox()
        let connection = fixture.client.connect(
            WebSocketRequest(to: try Address("ws://127.0.0.1:\(listener.port)/")), consumer: inbox)
        connection.close()
        #expect(await inbox.reasonOfEnd()?.code == .cancelled)
    }

    @Test func aStoppedLoopTellsEveryone() async throws {
        let server = try LoopbackServer(socketRoute { Echo() })
        let open = WebSocketInbox()
        _ = server.client.connect(WebSocketRequest(to: try server.address("/socket")), consumer: open)
        _ = await open.next()
        let late = WebSocketInbox()
        server.stop()
        #expect(await open.reasonOfEnd() != nil)
        _ = server.client.connect(WebSocketRequest(to: try server.address("/socket")), consumer: late)
        #expect(await late.reasonOfEnd()?.code == .closedByUs)
    }
}
