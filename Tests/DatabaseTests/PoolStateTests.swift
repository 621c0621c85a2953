import Database
import Testing

/// The pool's decisions, without a server and without a clock.
@Suite struct PoolStateTests {
    private let start = ContinuousClock.now

    private func settings() -> PoolSettings {
        var settings = PoolSettings()
        settings.size = 2
        settings.overflow = 1
        settings.waitersMax = 3
        return settings
    }

    private func pool() -> PoolState {
        PoolState(settings(), place: "test", now: start)
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant {
        start + .milliseconds(Int(seconds * 1000))
    }

    private func codes(_ actions: [PoolState.Action]) -> [DatabaseError.Code] {
        actions.compactMap { action in
            if case .refuse(_, let error) = action { return error.code }
            return nil
        }
    }

    @Test func aConnectionIsMadeWhenItIsNeededAndKept() {
        var pool = pool()
        #expect(pool.acquire(1, now: start) == [.connect(1)])
        #expect(pool.isReady(1, now: at(0.1)) == [.give(connection: 1, waiter: 1)])
        #expect(pool.release(1, isUsable: true, now: at(1)) == [])
        #expect(pool.acquire(2, now: at(2)) == [.give(connection: 1, waiter: 2)])
        #expect(pool.connectionCount == 1)
    }

    @Test func overflowIsOpenedUnderLoadAndClosedAfterwards() {
        var pool = pool()
        for waiter in 1...3 { _ = pool.acquire(waiter, now: start) }
        for connection in 1...3 { _ = pool.isReady(connection, now: start) }
        #expect(pool.acquire(4, now: start) == [])
        #expect(pool.connectionCount == 3)
        // The fourth gets what the first gives back.
        #expect(pool.release(1, isUsable: true, now: at(1)) == [.give(connection: 1, waiter: 4)])
        #expect(pool.release(1, isUsable: true, now: at(1)) == [])
        #expect(pool.release(2, isUsable: true, now: at(1)) == [])
        #expect(pool.release(3, isUsable: true, now: at(1)) == [.close(3)])
        #expect(pool.idleCount == 2)
    }

    @Test func tooManyWaitersAreRefusedAtOnce() {
        var pool = pool()
        for waiter in 1...3 { _ = pool.acquire(waiter, now: start) }
        let actions = pool.acquire(4, now: start)
        #expect(codes(actions) == [.limit])
    }

    @Test func whoWaitsTooLongIsRefused() {
        var pool = pool()
        _ = pool.acquire(1, now: start)
        #expect(pool.nextWake == at(5))
        #expect(pool.tick(now: at(4.9)) == [])
        #expect(codes(pool.tick(now: at(5))) == [.timeout])
        #expect(pool.waiterCount == 0)
        // The connection that comes too late is kept for the next.
        #expect(pool.isReady(1, now: at(6)) == [])
        #expect(pool.acquire(2, now: at(7)) == [.give(connection: 1, waiter: 2)])
    }

    @Test func aConnectionIdleForLongIsAskedFirst() {
        var pool = pool()
        _ = pool.acquire(1, now: start)
        _ = pool.isReady(1, now: start)
        _ = pool.release(1, isUsable: true, now: start)
        #expect(pool.acquire(2, now: at(31)) == [.ping(1)])
        // One is coming: no second is made for the one who waits.
        #expect(pool.tick(now: at(31)) == [])
        #expect(pool.isReady(1, now: at(32)) == [.give(connection: 1, waiter: 2)])
    }

    @Test func aConnectionThatDoesNotAnswerIsReplaced() {
        var pool = pool()
        _ = pool.acquire(1, now: start)
        _ = pool.isReady(1, now: start)
        _ = pool.release(1, isUsable: true, now: start)
        _ = pool.acquire(2, now: at(31))
        #expect(pool.pingFailed(1, now: at(33)) == [.close(1), .connect(2)])
        #expect(pool.isReady(2, now: at(33)) == [.give(connection: 2, waiter: 2)])
    }

    @Test func anOldConnectionIsRecycled() {
        var pool = pool()
        _ = pool.acquire(1, now: start)
        _ = pool.isReady(1, now: start)
        _ = pool.release(1, isUsable: true, now: at(3599))
        #expect(pool.acquire(2, now: at(3600)) == [.close(1), .connect(2)])
        _ = pool.isReady(2, now: at(3600))
        #expect(pool.release(2, isUsable: true, now: at(7200)) == [.close(2)])
    }

    @Test func idleConnectionsAreLookedAfter() {
        var pool = pool()
        for waiter in 1...2 { _ = pool.acquire(waiter, now: start) }
        for connection in 1...2 { _ = pool.isReady(connection, now: start) }
        _ = pool.release(1, isUsable: true, now: start)
        _ = pool.release(2, isUsable: true, now: at(20))
        #expect(pool.nextWake == at(30))
        #expect(pool.tick(now: at(30)) == [.ping(1)])
        #expect(pool.pingFailed(1, now: at(31)) == [.close(1)])
        #expect(pool.idleCount == 1)
        #expect(pool.tick(now: at(3600)) == [.close(2)])
        #expect(pool.connectionCount == 0)
    }

    @Test func aServerThatIsAwayIsTriedAgainLessAndLessOften() {
        var pool = pool()
        let away = DatabaseError(.connectionFailed, "refused")
        _ = pool.acquire(1, now: start)
        // With the largest jitter: 100 ms, then 200 ms.
        #expect(pool.connectFailed(1, away, jitter: 1, now: start) == [])
        #expect(pool.nextWake == at(0.1))
        #expect(pool.acquire(2, now: start) == [])
        #expect(pool.tick(now: at(0.1)) == [.connect(2)])
        // One attempt at a time, and no alarm while it runs but the waiters' own.
        #expect(pool.nextWake == at(5))
        #expect(pool.connectFailed(2, away, jitter: 1, now: at(0.1)) == [])
        #expect(pool.tick(now: at(0.2)) == [])
        #expect(pool.tick(now: at(0.3)) == [.connect(3)])
        // Back: both are served.
        #expect(pool.isReady(3, now: at(0.4)) == [.give(connection: 3, waiter: 1), .connect(4)])
        #expect(pool.isReady(4, now: at(0.5)) == [.give(connection: 4, waiter: 2)])
    }

    @Test func whoWaitedInVainLearnsWhy() {
        var pool = pool()
        _ = pool.acquire(1, now: start)
        _ = pool.connectFailed(1, DatabaseError(.connectionFailed, "nobody home"), jitter: 0, now: at(4))
        let actions = pool.tick(now: at(5))
        guard case .refuse(1, let error) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(error.code == .connectionFailed)
        #expect(error.what.contains("nobody home"))
    }

    @Test func aWrongPasswordIsNotWaitedFor() {
        var pool = pool()
        _ = pool.acquire(1, now: start)
        let message = ServerMessage(severity: "FATAL", sqlState: .invalidPassword, message: "no")
        let wrong = DatabaseError(.connectionFailed, "wrong password", server: message)
        #expect(pool.connectFailed(1, wrong, jitter: 0.5, now: start) == [.refuse(waiter: 1, wrong)])
    }

    @Test func aCancelledWaiterIsForgotten() {
        var pool = pool()
        _ = pool.acquire(1, now: start)
        #expect(codes(pool.cancel(1)) == [.cancelled])
        #expect(pool.cancel(1) == [])
        #expect(pool.isReady(1, now: start) == [])
    }

    @Test func aClosedPoolLetsNobodyInAndClosesWhatComesBack() {
        var pool = pool()
        for waiter in 1...3 { _ = pool.acquire(waiter, now: start) }
        for connection in 1...2 { _ = pool.isReady(connection, now: start) }
        _ = pool.release(1, isUsable: true, now: start)
        // 3 was served by 1 in the meantime.
        #expect(pool.waiterCount == 0)
        _ = pool.release(2, isUsable: true, now: start)
        #expect(pool.close() == [.close(2)])
        #expect(pool.release(1, isUsable: true, now: start) == [.close(1)])
        #expect(pool.isReady(3, now: start) == [.close(3)])
        #expect(codes(pool.acquire(4, now: start)) == [.misuse])
        #expect(pool.connectionCount == 0)
        #expect(pool.nextWake == nil)
    }

    @Test func backoffDoublesUpToItsBoundAndStartsAnew() {
        var backoff = Backoff()
        #expect(backoff.failed(jitter: 1) == .milliseconds(100))
        #expect(backoff.failed(jitter: 0.5) == .milliseconds(100))
        for _ in 0..<50 { _ = backoff.failed(jitter: 0) }
        #expect(backoff.failed(jitter: 1) == .seconds(10))
        backoff.succeeded()
        #expect(backoff.failed(jitter: 1) == .milliseconds(100))
    }
}
