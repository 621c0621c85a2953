import Database
import Testing

/// Waits without a poller, a clock or a socket.
@Suite struct WaitListTests {
    private let start = ContinuousClock.now

    private func wait(_ milliseconds: Int) -> Wait {
        Wait(descriptor: 3, readiness: .readable, deadline: start + .milliseconds(milliseconds))
    }

    private func add(_ id: Int?, _ wait: Wait, _ waiter: String, to list: inout WaitList<String>) -> Bool {
        list.add(id ?? list.newId(), wait, waiter)
    }

    @Test func eachWaitEndsOnce() {
        var list = WaitList<String>(entriesMax: 10)
        let id = list.newId()
        #expect(add(id, wait(5), "a", to: &list))
        #expect(list.remove(id) == "a")
        #expect(list.remove(id) == nil)
        #expect(list.removeDue(at: start + .seconds(1)) == [])
    }

    @Test func whatIsDueGoesAndTheNextDeadlineIsKnown() {
        var list = WaitList<String>(entriesMax: 10)
        for (milliseconds, name) in [(30, "c"), (10, "a"), (20, "b")] {
            #expect(add(nil, wait(milliseconds), name, to: &list))
        }
        #expect(list.nextDeadline == start + .milliseconds(10))
        #expect(list.removeDue(at: start + .milliseconds(20)).sorted() == ["a", "b"])
        #expect(list.nextDeadline == start + .milliseconds(30))
        #expect(list.removeDue(at: start + .milliseconds(30)) == ["c"])
        #expect(list.nextDeadline == nil)
    }

    @Test func aWaitTooManyIsRefused() {
        var list = WaitList<String>(entriesMax: 2)
        #expect(add(nil, wait(1), "a", to: &list))
        let second = list.newId()
        #expect(add(second, wait(1), "b", to: &list))
        #expect(!add(nil, wait(1), "c", to: &list))
        #expect(list.remove(second) == "b")
        #expect(add(nil, wait(1), "c", to: &list))
    }

    @Test func statementsAreForgottenInTheOrderOfTheirLastUse() {
        var cache = StatementCache()
        func key(_ number: Int) -> StatementCache.Key { StatementCache.Key(sql: "\(number)", types: [.int8]) }
        for number in 1...StatementCache.statementsMax {
            #expect(cache.plan(for: key(number)) == .prepare(name: "yeoul_\(number)", dropping: nil))
            cache.didPrepare(key(number), name: "yeoul_\(number)")
        }
        #expect(cache.plan(for: key(1)) == .ready(name: "yeoul_1"))
        #expect(cache.plan(for: key(1000)) == .prepare(name: "yeoul_129", dropping: "yeoul_2"))
        // It was not prepared after all: its place is free.
        #expect(cache.plan(for: key(1001)) == .prepare(name: "yeoul_130", dropping: nil))
        cache.disable()
        #expect(cache.count == 0)
        #expect(!cache.isEnabled)
    }
}
