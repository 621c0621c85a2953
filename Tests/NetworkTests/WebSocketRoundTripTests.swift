import Network
import Testing

@Suite struct WebSocketRoundTripTests {
    private static let sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000]

    @Test(arguments: [false, true])
    func messagesOfAllSizesComeBackUnchanged(compressed: Bool) async throws {
        let server = try LoopbackServer(socketRoute(compresses: compressed) { Echo() })
        defer { server.stop() }
        let inbox = WebSocketInbox()
        let request = WebSocketRequest(to: try server.address("/socket"), offersCompression: compressed)
        let connection = server.client.connect(request, consumer: inbox)
        #expect(await inbox.next() == .opened(isCompressed: compressed))

        for size in Self.sizes {
            let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(connection.send(message) == .queued)
            #expect(try await inbox.nextMessage() == message)
        }
        #expect(connection.send("여울") == .queued)
        guard case .message(.text, let bytes, _) = await inbox.next() else {
            Issue.record("no text came back")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "여울")
    }

    @Test func closingEndsBothSidesInGoodOrder() async throws {
        let serverInbox = WebSocketInbox()
        let server = try LoopbackServer(socketRoute { serverInbox })
        defer { server.stop() }
        let inbox = WebSocketInbox()
        let connection = server.client.connect(
            WebSocketRequest(to: try server.address("/socket")), consumer: inbox)
        _ = await inbox.next()
        connection.close(code: 1_001, reason: "done")
        #expect(await inbox.reasonOfEnd()?.code == .closedByUs)
        let seen = await serverInbox.reasonOfEnd()
        #expect(seen?.code == .closedByPeer)
        #expect(seen?.closeCode == 1_001)
        #expect(connection.send("late") == .notOpen)
    }
}
