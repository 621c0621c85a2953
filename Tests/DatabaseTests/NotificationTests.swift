import Database
import TestKit
import Testing

@Suite struct NotificationTests {
    @Test func whatIsSaidIsHeardInOrder() async throws {
        let database = try await ScratchDatabase.make()
        let listener = try NotificationListener(
            database.options, channels: ["candle_closed", "Odd \"name\""])
        var events = listener.makeAsyncIterator()
        #expect(try await events.next() == .listening(after: nil))
        let speaker = try await database.connect()
        for number in 1...100 {
            try await speaker.query("SELECT pg_notify($1, $2)", ["candle_closed", .text("\(number)")])
        }
        try await speaker.query("SELECT pg_notify($1, $2)", ["Odd \"name\"", "값"])
        let process = try speaker.backendProcess()
        for number in 1...100 {
            let heard = DatabaseNotification(channel: "candle_closed", payload: "\(number)", process: process)
            #expect(try await events.next() == .heard(heard))
        }
        #expect(
            try await events.next()
                == .heard(DatabaseNotification(channel: "Odd \"name\"", payload: "값", process: process)))
        listener.stop()
        #expect(try await events.next() == nil)
    }

    @Test func aLostConnectionIsMadeAgainAndSaidSo() async throws {
        let database = try await ScratchDatabase.make()
        let listener = try NotificationListener(database.options, channels: ["news"])
        var events = listener.makeAsyncIterator()
        #expect(try await events.next() == .listening(after: nil))
        let speaker = try await database.connect()
        for _ in 0..<2 {
            try await speaker.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            guard case .listening(let loss) = try await events.next() else {
                Issue.record("no word of the loss")
                return
            }
            #expect(loss?.code == .connectionLost)
            #expect(loss?.sqlState == .adminShutdown)
            try await speaker.query("SELECT pg_notify('news', 'again')")
            let process = try speaker.backendProcess()
            let again = DatabaseNotification(channel: "news", payload: "again", process: process)
            #expect(try await events.next() == .heard(again))
        }
    }

    @Test func aQuietConnectionIsAskedWhetherItLives() async throws {
        let database = try await ScratchDatabase.make()
        let listener = try NotificationListener(
            database.options, channels: ["news"], pingAfter: .milliseconds(50))
        var events = listener.makeAsyncIterator()
        #expect(try await events.next() == .listening(after: nil))
        let speaker = try await database.connect()
        let asked = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND query = 'SELECT 1'
            """
        var isAsked = false
        for _ in 0..<100 where !isAsked {
            isAsked = try await speaker.query(asked).single().value(0, as: Int.self) == 1
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(isAsked)
        try await speaker.query("SELECT pg_notify('news', 'still here')")
        guard case .heard(let heard) = try await events.next() else {
            Issue.record("nothing heard")
            return
        }
        #expect(heard.payload == "still here")
    }

    @Test func aWrongPasswordEndsTheListening() async throws {
        let database = try await ScratchDatabase.make()
        let options = try database.tcpOptions.setting("password", to: "wrong")
        let listener = try NotificationListener(options, channels: ["news"])
        let error = await #expect(throws: DatabaseError.self) { for try await _ in listener {} }
        #expect(error?.sqlState == .invalidPassword)
    }

    @Test func aCancelledReaderSeesTheEnd() async throws {
        let database = try await ScratchDatabase.make()
        let listener = try NotificationListener(database.options, channels: ["news"])
        let reader = Task {
            var count = 0
            for try await _ in listener { count += 1 }
            return count
        }
        try await Task.sleep(for: .milliseconds(100))
        reader.cancel()
        #expect(try await reader.value <= 1)
    }

    @Test func aSlowReaderIsToldHowManyItMissed() {
        var buffer = NotificationBuffer(eventsMax: 3)
        func heard(_ number: Int) -> NotificationEvent {
            .heard(DatabaseNotification(channel: "c", payload: "\(number)", process: 1))
        }
        for round in 0..<5 {
            for number in 1...10 { buffer.add(heard(number)) }
            #expect(buffer.next() == .dropped(7), "round \(round)")
            for number in 8...10 { #expect(buffer.next() == heard(number)) }
            #expect(buffer.next() == nil)
        }
        buffer.add(heard(1))
        #expect(buffer.next() == heard(1))
        #expect(buffer.next() == nil)
    }
}
