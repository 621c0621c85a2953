import Foundation
import Glibc
import Network
import Testing
import Web

/// Callers that mean harm, or know no better.
@Suite(.timeLimit(.minutes(3))) struct AbuseTests {
    @Test func aHeadThatTricklesInIsNotWaitedFor() async throws {
        let fixture = try await WebFixture.make(isFilled: false)
        let began = ContinuousClock.now
        let answer = try await onThread { () -> String in
            let descriptor = RawRequest.open(port: fixture.server.address.port)
            defer { close(descriptor) }
            var received = ""
            for byte in Array("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ".utf8)
                + Array(repeating: 97, count: 400)
            {
                var one = byte
                guard send(descriptor, &one, 1, Int32(MSG_NOSIGNAL)) == 1 else { break }
                usleep(100_000)
                received += Self.read(descriptor, flags: Int32(MSG_DONTWAIT))
                if !received.isEmpty { break }
            }
            return received
        }
        #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
        let took = ContinuousClock.now - began
        #expect(took > .seconds(4) && took < .seconds(15), "\(took)")
    }

    @Test(arguments: [
        (
            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + String(repeating: "a", count: 20_000) + "\r\n\r\n",
            "431"
        ),
        ("GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "414"),
        ("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10000000\r\n\r\n", "413"),
        ("POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n", "400"),
        (
            "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "400"
        ),
        ("GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n", "505"),
        ("GET /\r\n\r\n", "400"), ("\u{0}\u{1}\u{2}\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET /api/candles?symbol=%ZZ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "400"),
        (
            "GET /api/candles?" + String(repeating: "a=1&", count: 300)
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "400"
        ),
        (
            "GET /api/candles?symbol=KRW-BTC'%20OR%201=1-- HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            "400"
        ),
    ])
    func whatIsNoRequestIsRefused(_ request: String, _ status: String) async throws {
        let fixture = try await APITests.shared.value
        let answer = try await RawRequest.answer(request, fixture)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(60)): \(answer.prefix(80))")
        #expect(try await fixture.get("/health").status == 200)
    }

    @Test func framesThatBreakTheRulesEndTheirConnectionAlone() async throws {
        let fixture = try await WebFixture.make()
        let reader = try StreamReader(fixture, "channels=status")
        _ = try await reader.next("status")
        let handshake =
            "GET /api/stream?channels=status HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        let frames: [[UInt8]] = [
            // Unmasked, reserved bits, an unknown opcode, a control frame of 200 bytes, 2^62 bytes to come.
            [0x81, 0x01, 0x61], [0xF1, 0x81, 0, 0, 0, 0, 0x61], [0x83, 0x80, 0, 0, 0, 0],
            [0x89, 0xFE, 0x00, 0xC8, 0, 0, 0, 0], [0x82, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        for frame in frames {
            let isEnded = try await onThread { () -> Bool in
                let descriptor = RawRequest.open(port: fixture.server.address.port)
                defer { close(descriptor) }
                var bytes = Array(handshake.utf8) + frame
                _ = send(descriptor, &bytes, bytes.count, Int32(MSG_NOSIGNAL))
                // The server's messages come until it hangs up; a read of nothing is the end.
                var chunk = [UInt8](repeating: 0, count: 65_536)
                for _ in 0..<50 where recv(descriptor, &chunk, chunk.count, 0) <= 0 { return true }
                return false
            }
            #expect(isEnded, "\(frame)")
        }
        _ = try await reader.next("status")
        for _ in 0..<50 where fixture.server.streamClients > 1 {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(fixture.server.streamClients == 1)
    }

    @Test func aFloodOfConnectionsTakesLittleAndLeavesNothing() async throws {
        let fixture = try await WebFixture.make { $0.connectionsMax = 300 }
        // One that was there before goes on being served.
        let reader = try StreamReader(fixture, "channels=status")
        _ = try await reader.next("status")
        let before = try Self.residentBytes()
        let (refused, after) = try await onThread { () -> (Int, Int) in
            let port = fixture.server.address.port
            var descriptors: [Int32] = []
            for _ in 0..<2_000 {
                let descriptor = RawRequest.open(port: port)
                if descriptor >= 0 { descriptors.append(descriptor) }
            }
            // The server has had no time yet for all of them.
            var waiting = descriptors
            var refused = 0
            for _ in 0..<300 where refused <= 1_000 {
                waiting.removeAll {
                    let isRefused = Self.read($0, flags: Int32(MSG_DONTWAIT)).hasPrefix("HTTP/1.1 503")
                    refused += isRefused ? 1 : 0
                    return isRefused
                }
                usleep(100_000)
            }
            let after = (try? Self.residentBytes()) ?? .max
            for descriptor in descriptors { close(descriptor) }
            return (refused, after)
        }
        #expect(refused > 1_000, "\(refused)")
        #expect(after - before < 64 << 20, "\((after - before) >> 20) MiB")
        _ = try await reader.next("status")
        var status = 0
        for _ in 0..<50 where status != 200 {
            status = (try? await fixture.get("/health").status) ?? 0
            if status != 200 { try await Task.sleep(for: .milliseconds(100)) }
        }
        #expect(status == 200)
    }

    private static func read(_ descriptor: Int32, flags: Int32) -> String {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &chunk, chunk.count, flags)
        return count > 0 ? String(decoding: chunk[..<count], as: UTF8.self) : ""
    }

    private static func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4_096
    }

    /// Blocking calls belong on a thread that may block.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try DedicatedThread(named: "abuse") { continuation.resume(returning: body()) }.detach()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
