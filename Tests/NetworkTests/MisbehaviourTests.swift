import Network
import Testing

/// What a server can do to a connection, and what the client makes of it.
@Suite struct MisbehaviourTests {
    /// Connects, lets `misbehave` have the server's side, and returns what the client saw.
    private func outcome(
        keepAlive: KeepAlive.Schedule = KeepAlive.Schedule(), bounds: WebSocketBounds = WebSocketBounds(),
        _ misbehave: @escaping @Sendable (any MisbehavingConnection) -> Void
    ) async throws -> (messages: Int, reason: NetworkError?) {
        let serverSide = WebSocketInbox()
        let server = try LoopbackServer(socketRoute { serverSide })
        defer { server.stop() }
        let inbox = WebSocketInbox()
        _ = server.client.connect(
            WebSocketRequest(to: try server.address("/socket"), bounds: bounds, keepAlive: keepAlive),
            consumer: inbox)
        _ = await inbox.next()
        _ = await serverSide.next()
        misbehave(try #require(serverSide.connection as? any MisbehavingConnection))
        var messages = 0
        while let event = await inbox.next() {
            switch event {
            case .message: messages += 1
            case .closed(let reason): return (messages, reason)
            case .opened: break
            }
        }
        return (messages, nil)
    }

    @Test func aCutInMidFrameLosesOnlyTheCutMessage() async throws {
        let (messages, reason) = try await outcome { connection in
            _ = connection.send("whole")
            connection.cut(inMidFrameOf: [UInt8](repeating: 1, count: 500), as: .binary, afterBytes: 100)
            #expect(connection.send("too late") == .notOpen)
        }
        #expect(messages == 1)
        #expect(reason?.code == .ended)
    }

    @Test func anEndWithoutACloseFrameIsTold() async throws {
        #expect(try await outcome { $0.vanish() }.reason?.code == .ended)
    }

    @Test func aResetIsTold() async throws {
        #expect(try await outcome { $0.reset() }.reason?.code == .reset)
    }

    @Test func aCloseFrameIsToldWithItsCode() async throws {
        let (messages, reason) = try await outcome { connection in
            _ = connection.send("last")
            connection.close(code: 1_012, reason: "restart")
        }
        #expect(messages == 1)
        #expect(reason?.closeCode == 1_012)
        #expect(reason?.what.contains("restart") == true)
    }

    @Test func aHalfOpenConnectionIsNoticedByItsMissingPong() async throws {
        let start = Monotonic.milliseconds()
        let schedule = KeepAlive.Schedule(pingEveryMilliseconds: 100, answerWithinMilliseconds: 200)
        let (_, reason) = try await outcome(keepAlive: schedule) { $0.goSilent() }
        #expect(reason?.code == .silent)
        #expect((250...10_000).contains(Monotonic.milliseconds() - start))
    }

    @Test func aStallShorterThanTheKeepAliveIsSurvived() async throws {
        let schedule = KeepAlive.Schedule(pingEveryMilliseconds: 50, answerWithinMilliseconds: 2_000)
        let (messages, reason) = try await outcome(keepAlive: schedule) { connection in
            connection.stall(milliseconds: 300)
            _ = connection.send("after the stall")
            connection.close()
        }
        #expect(messages == 1)
        #expect(reason?.code == .closedByPeer)
    }

    @Test func aTenMegabyteMessageIsRefusedAndTheServerIsTold() async throws {
        let serverSide = WebSocketInbox()
        let server = try LoopbackServer(
            socketRoute(bounds: WebSocketBounds(queuedBytesMax: 20_000_000)) { serverSide })
        defer { server.stop() }
        let inbox = WebSocketInbox()
        _ = server.client.connect(WebSocketRequest(to: try server.address("/socket")), consumer: inbox)
        _ = await inbox.next()
        _ = await serverSide.next()
        _ = serverSide.connection?.send([UInt8](repeating: 1, count: 10_000_000))
        #expect(await inbox.reasonOfEnd()?.code == .tooLarge)
        #expect(await serverSide.reasonOfEnd()?.closeCode == CloseCode.tooLarge)
    }

    @Test func bytesThatAreNoFramesAreRefused() async throws {
        let (_, reason) = try await outcome { _ = $0.sendRaw([0xFF, 0xFF, 0xFF, 0xFF]) }
        #expect(reason?.code == .protocolViolation)
        #expect(reason?.closeCode == CloseCode.protocolError)
    }

    @Test func afterARestartOfTheServerAClientComesBack() async throws {
        let first = try LoopbackServer(socketRoute { Echo() })
        let port = first.port
        let loop = try EventLoop(named: "test-client")
        defer { loop.stop() }
        let client = WebSocketClient(on: loop)
        let request = WebSocketRequest(to: try Address("ws://127.0.0.1:\(port)/socket"))
        let inbox = WebSocketInbox()
        _ = client.connect(request, consumer: inbox)
        _ = await inbox.next()
        first.stop()
        #expect(await inbox.reasonOfEnd()?.closeCode == CloseCode.goingAway)

        let second = try LoopbackServer(socketRoute { Echo() }, port: port)
        defer { second.stop() }
        let again = WebSocketInbox()
        _ = client.connect(request, consumer: again)
        #expect(await again.next() == .opened(isCompressed: false))
    }
}
