import Exchange
import Journal
import Network
import Synchronization
import TestKit
import Testing

/// A recorded journal, sent again.
@Suite struct ReplayTests {
    @Test func thePaceIsThatOfTheRecordingTimesTheSpeed() {
        var pace = ReplayPace(speed: 2, startNanoseconds: 1_000)
        #expect(pace.due(5_000_000) == 1_000)
        #expect(pace.due(7_000_000) == 1_000 + 1_000_000_000)
        // The wall clock was put back: no time passes, and it goes on from there.
        #expect(pace.due(1_000_000) == 1_000 + 1_000_000_000)
        #expect(pace.due(2_000_000) == 1_000 + 1_500_000_000)
        // A night is a minute.
        #expect(pace.due(40_000_000_000) == 1_000 + 31_500_000_000)
    }

    private final class Hearer: WebSocketConsumer {
        let heard = Mutex<(messages: [[UInt8]], isClosed: Bool)>(([], false))
        private let replay: JournalReplay

        init(_ replay: JournalReplay) { self.replay = replay }

        func opened(_ connection: any WebSocketConnection, _ agreement: WebSocketAgreement) {
            _ = connection.send("[{\"ticket\":\"t\"},{\"type\":\"trade\",\"codes\":[\"KRW-BTC\"]}]")
        }

        func received(
            _ message: UnsafeRawBufferPointer, as kind: MessageKind, at time: ReceiveTime,
            on connection: any WebSocketConnection
        ) -> Flow {
            heard.withLock { $0.messages.append(Array(message)) }
            return .more
        }

        func closed(_ connection: any WebSocketConnection, because reason: NetworkError) {
            heard.withLock { $0.isClosed = true }
            // It would wait for ever for a client that could not come.
            replay.stop()
        }
    }

    @Test func everyMessageComesAgainInItsOrderAndThenTheEnd() async throws {
        let folder = try TemporaryFolder(named: "replay")
        let journal = try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0)
        var expected: [[UInt8]] = []
        for number in 0..<3_000 {
            let payload = Array("{\"n\":\(number)}".utf8)
            let isMessage = number % 7 != 3
            if isMessage { expected.append(payload) }
            let time = JournalTime(
                monotonicNanoseconds: JournalTime.now().monotonicNanoseconds,
                unixMicroseconds: 1_700_000_000_000_000 + Int64(number) * 1_000)
            #expect(
                journal.append(
                    kind: isMessage ? .webSocket : .restPage, connection: 1, time: time,
                    label: isMessage ? "" : "KRW-BTC /x", payload: payload) == .accepted(UInt64(number + 1)))
        }
        #expect(journal.close())
        let replay = try JournalReplay(
            try JournalInspector(folder: folder.path(of: "journal")), speed: 10, port: 0)
        let loop = try EventLoop(named: "client")
        defer { loop.stop() }
        let hearer = Hearer(replay)
        let start = Monotonic.nanoseconds()
        let request = WebSocketRequest(
            to: try Address(replay.addresses.websocket), openMillisecondsMax: ServerBench.patienceMilliseconds
        )
        _ = WebSocketClient(on: loop).connect(request, consumer: hearer)
        let outcome = try await replay.run()
        // Three recorded seconds, ten times as fast.
        #expect(Monotonic.nanoseconds() - start > 290_000_000)
        #expect(outcome.messages == expected.count)
        #expect(outcome.damages.isEmpty)
        for _ in 0..<200 where !hearer.heard.withLock({ $0.isClosed }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(hearer.heard.withLock { $0.messages } == expected)
        #expect(hearer.heard.withLock { $0.isClosed })
    }

    @Test func aReplayThatNobodyHearsCanBeStopped() async throws {
        let folder = try TemporaryFolder(named: "replay")
        try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0).close()
        let replay = try JournalReplay(
            try JournalInspector(folder: folder.path(of: "journal")), speed: 1, port: 0)
        replay.stop()
        #expect(try await replay.run().messages == 0)
    }

    @Test func aSpeedThatMeansNothingIsRefused() throws {
        let folder = try TemporaryFolder(named: "replay")
        try Journal.open(folder: folder.path(of: "journal"), committedPosition: 0).close()
        let inspector = try JournalInspector(folder: folder.path(of: "journal"))
        for speed in [0, -1, Double.nan, .infinity] {
            #expect(throws: ExchangeError.self) { try JournalReplay(inspector, speed: speed, port: 0) }
        }
    }
}
