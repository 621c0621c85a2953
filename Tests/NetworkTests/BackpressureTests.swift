import Network
import Synchronization
import Testing

@Suite struct BackpressureTests {
    private static let messageCount = 20_000
    private static let payloadBytes = 1_000

    @Test(arguments: [false, true])
    func aSlowConsumerStallsTheSenderAndGetsEverythingInOrder(compressed: Bool) async throws {
        let sender = Sender(count: Self.messageCount, bytes: Self.payloadBytes)
        let bounds = WebSocketBounds(queuedBytesMax: 256 * 1_024)
        let server = try LoopbackServer(socketRoute(compresses: compressed, bounds: bounds) { sender })
        defer { server.stop() }
        let inbox = WebSocketInbox(messagesMax: 50)
        _ = server.client.connect(WebSocketRequest(to: try server.address("/socket")), consumer: inbox)
        _ = await inbox.next()
        try await Task.sleep(for: .milliseconds(200))
        // The consumer took nothing, so the sender stands at its bound, not at its end.
        #expect(inbox.waitingCount <= 51)
        if !compressed { #expect(sender.next.withLock { $0 } < Self.messageCount) }
        for number in 0..<Self.messageCount {
            let message = try await inbox.nextMessage()
            guard message.count == Self.payloadBytes, Sender.number(message) == number else {
                Issue.record("message \(number) is not what was sent")
                return
            }
        }
        #expect(sender.refusals.withLock { $0 } > 0)
    }

    @Test func aReaderThatDoesNotKeepUpIsDroppedWhenThePolicySaysSo() async throws {
        let sender = Sender(count: Self.messageCount, bytes: Self.payloadBytes)
        let bounds = WebSocketBounds(queuedBytesMax: 256 * 1_024, atQueueBound: .disconnect)
        let server = try LoopbackServer(socketRoute(bounds: bounds) { sender })
        defer { server.stop() }
        let inbox = WebSocketInbox(messagesMax: 10)
        _ = server.client.connect(WebSocketRequest(to: try server.address("/socket")), consumer: inbox)
        _ = await inbox.next()
        for _ in 0..<300 where sender.reason.withLock({ $0 }) == nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(sender.reason.withLock { $0 }?.code == .queueFull)
        #expect(await inbox.reasonOfEnd() != nil)
    }

    @Test func aConnectionThatEndsDuringAPauseIsToldAfterTheRest() async throws {
        let serverSide = WebSocketInbox()
        let server = try LoopbackServer(socketRoute { serverSide })
        defer { server.stop() }
        let inbox = WebSocketInbox(messagesMax: 2)
        _ = server.client.connect(WebSocketRequest(to: try server.address("/socket")), consumer: inbox)
        _ = await inbox.next()
        _ = await serverSide.next()
        let connection = try #require(serverSide.connection as? any MisbehavingConnection)
        for number in 0..<100 { _ = connection.send("\(number)") }
        connection.vanish()
        try await Task.sleep(for: .milliseconds(100))
        for number in 0..<100 { #expect(try await inbox.nextMessage() == Array("\(number)".utf8)) }
        #expect(await inbox.reasonOfEnd()?.code == .ended)
    }

    @Test func afterAFullQueueTheSenderIsToldOfRoomForRawBytesToo() async throws {
        let serverSide = WebSocketInbox()
        let sender = RawSender()
        var routes = socketRoute { serverSide }
        routes.onWebSocket("/raw") { _ in
            .accept(WebSocketAcceptance(consumer: sender, bounds: WebSocketBounds(queuedBytesMax: 10_000)))
        }
        let server = try LoopbackServer(routes)
        defer { server.stop() }
        let inbox = WebSocketInbox()
        _ = server.client.connect(
            WebSocketRequest(to: try server.address("/raw"), offersCompression: false), consumer: inbox)
        _ = await inbox.next()
        for _ in 0..<RawSender.messagesMax { #expect(try await inbox.nextMessage().count == 100) }
    }

    @Test func queuedBytesStayUnderTheBoundFromManyThreads() async throws {
        let serverSide = WebSocketInbox(messagesMax: 1)
        let server = try LoopbackServer(socketRoute { serverSide })
        defer { server.stop() }
        let inbox = WebSocketInbox()
        var request = WebSocketRequest(to: try server.address("/socket"), offersCompression: false)
        request.bounds.queuedBytesMax = 100_000
        let connection = server.client.connect(request, consumer: inbox)
        _ = await inbox.next()
        let full = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<2_000).count { _ in
                        connection.send([UInt8](repeating: 1, count: 2_000)) == .full
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(full > 0)
        #expect(connection.queuedBytes <= 100_000)
    }
}

/// Sends numbered messages as fast as it may.
private final class Sender: WebSocketConsumer {
    let next = Mutex(0)
    let refusals = Mutex(0)
    let reason = Mutex<NetworkError?>(nil)
    private let count: Int
    private let bytes: Int

    init(count: Int, bytes: Int) {
        self.count = count
        self.bytes = bytes
    }

    static func number(_ message: [UInt8]) -> Int {
        message.prefix(8).reduce(0) { $0 << 8 | Int($1) }
    }

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        canSend(on: connection)
    }

    func canSend(on connection: any WebSocketConnection) {
        next.withLock { number in
            while number < count {
                var message = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: bytes)
                for index in 0..<8 { message[index] = UInt8(truncatingIfNeeded: number >> (56 - 8 * index)) }
                guard connection.send(message) == .queued else {
                    refusals.withLock { $0 += 1 }
                    return
                }
                number += 1
            }
        }
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow { .more }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
        self.reason.withLock { $0 = reason }
    }
}

/// Sends frames of 100 bytes, made by hand, whenever it may.
private final class RawSender: WebSocketConsumer {
    static let messagesMax = 5_000
    private let sent = Mutex(0)

    func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
        canSend(on: connection)
    }

    func canSend(on connection: any WebSocketConnection) {
        guard let connection = connection as? any MisbehavingConnection else { return }
        sent.withLock { sent in
            while sent < Self.messagesMax,
                connection.sendRaw([0x82, 100] + [UInt8](repeating: 1, count: 100)) == .queued
            {
                sent += 1
            }
        }
    }

    func received(
        _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
        on connection: any WebSocketConnection
    ) -> Flow { .more }

    func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {}
}
