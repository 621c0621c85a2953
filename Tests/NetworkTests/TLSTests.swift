import Network
import Testing

@Suite struct TLSTests {
    private static let certificates = Result { try Certificates() }

    private func server(_ name: String, _ certificates: Certificates) throws -> LoopbackServer {
        var routes = socketRoute { Echo() }
        routes.on("GET", "/hello") { _ in .text("hello") }
        let tls = try TLSContext.server(
            certificateFile: certificates.certificate(name), keyFile: certificates.key(name))
        return try LoopbackServer(routes, tls: tls)
    }

    /// Why a WebSocket and a call to a server with the certificate `name` fail.
    private func failures(
        _ name: String, trusting trust: Trust, host: String = "localhost"
    ) async throws -> (NetworkError?, NetworkError?) {
        let server = try server(name, try Self.certificates.get())
        defer { server.stop() }
        let inbox = WebSocketInbox()
        let request = WebSocketRequest(
            to: try server.address("/socket", scheme: "wss", host: host), trust: trust)
        _ = server.client.connect(request, consumer: inbox)
        let failure = await inbox.reasonOfEnd()
        let call = HTTPCall(try server.address("/hello", scheme: "https", host: host), trust: trust)
        let client = try HTTPClient()
        do throws(NetworkError) {
            _ = try await client.perform(call)
            return (failure, nil)
        } catch {
            return (failure, error)
        }
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func aKnownAuthorityAndNameAreTaken(host: String) async throws {
        let certificates = try Self.certificates.get()
        let server = try server("good", certificates)
        defer { server.stop() }
        let trust = Trust.authorities(file: certificates.authority)
        let inbox = WebSocketInbox()
        let connection = server.client.connect(
            WebSocketRequest(to: try server.address("/socket", scheme: "wss", host: host), trust: trust),
            consumer: inbox)
        _ = await inbox.next()
        let large = [UInt8](repeating: 7, count: 200_000)
        for message in [[1, 2, 3], large, [4]] {
            _ = connection.send(message)
            #expect(try await inbox.nextMessage() == message)
        }
        let client = try HTTPClient()
        let call = HTTPCall(try server.address("/hello", scheme: "https", host: host), trust: trust)
        #expect(try await client.perform(call).text == "hello")
        #expect(try await client.perform(call).reusedConnection)
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        let stranger = try Self.certificates.get().stranger
        for trust in [Trust.authorities(file: stranger), .system] {
            let (socket, call) = try await failures("good", trusting: trust)
            #expect(socket?.code == .unknownAuthority)
            #expect(call?.code == .unknownAuthority)
            #expect(socket?.remedy?.contains("ca-certificates") == true)
        }
    }

    @Test func aWrongHostNameIsRefused() async throws {
        let authority = try Self.certificates.get().authority
        let (socket, call) = try await failures("elsewhere", trusting: .authorities(file: authority))
        #expect(socket?.code == .wrongHostName)
        #expect(call?.code == .wrongHostName)
        let (byAddress, _) = try await failures(
            "elsewhere", trusting: .authorities(file: authority), host: "127.0.0.1")
        #expect(byAddress?.code == .wrongHostName)
    }

    @Test func anExpiredCertificateIsRefused() async throws {
        let authority = try Self.certificates.get().authority
        let (socket, call) = try await failures("expired", trusting: .authorities(file: authority))
        #expect(socket?.code == .certificateExpired)
        #expect(call?.code == .certificateExpired)
    }

    @Test func aPlainPeerIsNamed() async throws {
        var routes = HTTPRoutes()
        routes.on("GET", "/") { _ in .text("plain") }
        let server = try LoopbackServer(routes)
        defer { server.stop() }
        let inbox = WebSocketInbox()
        _ = server.client.connect(
            WebSocketRequest(to: try server.address("/", scheme: "wss")), consumer: inbox)
        #expect(await inbox.reasonOfEnd()?.code == .notTLS)
        await #expect {
            try await (try HTTPClient()).perform(HTTPCall(try server.address("/", scheme: "https")))
        } throws: {
            ($0 as? NetworkError)?.code == .notTLS
        }
    }

    @Test func filesThatCannotBeReadAreNamed() throws {
        #expect(throws: NetworkError.self) {
            try TLSContext.client(trusting: .authorities(file: "/nonexistent.pem"))
        }
        let certificates = try Self.certificates.get()
        #expect(throws: NetworkError.self) {
            try TLSContext.server(
                certificateFile: certificates.certificate("good"), keyFile: certificates.key("elsewhere"))
        }
    }
}
