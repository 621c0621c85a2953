import Exchange
import Market
import Network
import Synchronization
import Testing
import Upbit

/// Tokens on the public WebSocket, and the server's own pings.
@Suite struct TokenTests {
    // {"alg":"HS256"} . {"access_key":"k1","nonce":"n"} . a signature: shape is all there is to judge.
    static let good = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJhY2Nlc3Nfa2V5IjoiazEiLCJub25jZSI6Im4ifQ.c2lnbg"
    static let wanted = "[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"]}]"

    @Test(arguments: [
        "Bearer", "Bearer x", "Basic eyJhbGciOiJIUzI1NiJ9.e30.eA", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2lnbg",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJhY2Nlc3Nfa2V5IjoiazEifQ.c2lnbg", "Bearer a.b!.c",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJhY2Nlc3Nfa2V5IjoiazEiLCJub25jZSI6Im4ifQ.", "",
    ])
    func aBadTokenIsRefusedBehindTheUpgradeWithOneErrorARequest(token: String) throws {
        var bench = try HubBench()
        let session = try bench.connect(authorization: token)
        #expect(bench.take(session).isEmpty, "nothing before the first request")
        bench.send(Self.wanted, on: session)
        #expect(bench.messages(session).map { $0.refusal?.name } == ["INVALID_AUTH"])
        bench.run(milliseconds: 3_000)
        #expect(bench.take(session).isEmpty && bench.ends.isEmpty)
    }

    @Test func limitsAreThoseOfTheKeyAndNotOfTheAddress() throws {
        var bench = try HubBench()
        for _ in 0..<5 { _ = try bench.connect() }
        let session = try bench.connect(authorization: Self.good)
        bench.send(Self.wanted, on: session)
        #expect(bench.messages(session).count == 1)
        for _ in 0..<4 { _ = try bench.connect(address: "127.0.0.9", authorization: Self.good) }
        let verdict = bench.hub.connect(
            from: "127.0.0.8", hasOrigin: false, authorization: Self.good, now: bench.now)
        guard case .refuse(429, _) = verdict else {
            Issue.record("the sixth connect of one key in a second: \(verdict)")
            return
        }
    }

    @Test func overASocketTheUpgradeIsRefusedOrTheRequest() async throws {
        var headers = HTTPHeaders()
        headers.add("Authorization", "Bearer nonsense")
        let lenient = try ServerBench()
        let inbox = try await lenient.connect(Self.wanted, headers: headers)
        let frame = try await inbox.nextMessage()
        #expect(decoded([frame]).first?.refusal?.name == "INVALID_AUTH")

        let strict = try ServerBench { $0.questions.refusesBadTokenAtUpgrade = true }
        let reason = try await strict.refusal(headers: headers)
        #expect(reason?.code == .upgradeRefused && reason?.httpStatus == 401)
        var known = HTTPHeaders()
        known.add("Authorization", Self.good)
        let welcome = try await strict.connect(Self.wanted, headers: known)
        #expect(decoded([try await welcome.nextMessage()]).first?.trade != nil)
    }

    /// Counts the pings that come.
    private final class Listener: WebSocketConsumer {
        private let pings = Mutex(0)
        private let reason = Mutex(NetworkError?.none)

        private let opening = Mutex(Int64?.none)

        var openedMilliseconds: Int64? { opening.withLock { $0 } }
        var count: Int { pings.withLock { $0 } }
        var end: NetworkError? { reason.withLock { $0 } }

        func received(
            _ message: UnsafeRawBufferPointer, as kind: Network.MessageKind, at time: ReceiveTime,
            on connection: any WebSocketConnection
        ) -> Flow { .more }

        func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
            opening.withLock { $0 = Monotonic.milliseconds() }
        }

        func heardControl(on connection: any WebSocketConnection) { pings.withLock { $0 += 1 } }

        func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
            self.reason.withLock { $0 = reason }
        }
    }

    @Test(arguments: [nil, 1] as [Int?])
    func theServerPingsOrNot(seconds: Int?) async throws {
        let bench = try ServerBench { $0.questions.serverPingSeconds = seconds }
        let listener = Listener()
        _ = bench.sockets.connect(
            WebSocketRequest(
                to: try Address(bench.server.addresses.websocket),
                openMillisecondsMax: ServerBench.patienceMilliseconds,
                keepAlive: KeepAlive.Schedule(pingEveryMilliseconds: nil)), consumer: listener)
        for _ in 0..<10_000 where listener.openedMilliseconds == nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        let opened = try #require(listener.openedMilliseconds)
        if seconds == nil {
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(listener.count == 0)
        } else {
            while listener.count < 2, Monotonic.milliseconds() - opened < ServerBench.patienceMilliseconds {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(listener.count >= 2 && Monotonic.milliseconds() - opened >= 1_900)
        }
        #expect(listener.end == nil, "the pings were answered")
    }
}
