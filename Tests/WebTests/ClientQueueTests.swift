import Testing
import Web

@Suite struct ClientQueueTests {
    private let room = ClientQueue.connectionBytesMax

    @Test func aClientThatKeepsUpGetsEverythingInOrder() {
        var queue = ClientQueue()
        let first = queue.offer([(.markets, "a"), (.status, "b")], connectionBytes: 0, now: 0)
        #expect(first == .send(["a", "b"]))
        #expect(queue.offer([], connectionBytes: 0, now: 1) == .send([]))
        #expect(queue.replaced == 0)
    }

    @Test func aSlowClientMissesStepsNeverThePresent() {
        var queue = ClientQueue()
        for step in 0..<5 {
            let action = queue.offer(
                [(.markets, "m\(step)"), (.status, "s\(step)")], connectionBytes: room + 1, now: Int64(step))
            #expect(action == .hold)
        }
        #expect(
            queue.offer([(.book(symbol: "KRW-BTC"), "k")], connectionBytes: room, now: 9)
                == .send(["m4", "s4", "k"]))
        #expect(queue.replaced == 8)
    }

    @Test func oneThatTakesNothingForLongIsDropped() {
        var queue = ClientQueue()
        let limit = ClientQueue.stallMillisecondsMax
        #expect(queue.offer([(.status, "a")], connectionBytes: room + 1, now: 100) == .hold)
        #expect(queue.offer([], connectionBytes: room + 1, now: 100 + limit - 1) == .hold)
        #expect(queue.offer([], connectionBytes: room + 1, now: 100 + limit) == .drop)
    }

    @Test func roomInBetweenBeginsTheTimeAnew() {
        var queue = ClientQueue()
        let limit = ClientQueue.stallMillisecondsMax
        _ = queue.offer([(.status, "a")], connectionBytes: room + 1, now: 0)
        #expect(queue.offer([], connectionBytes: 0, now: limit - 1) == .send(["a"]))
        #expect(queue.offer([(.status, "b")], connectionBytes: room + 1, now: limit) == .hold)
        #expect(queue.offer([], connectionBytes: room + 1, now: 2 * limit - 1) == .hold)
    }
}
