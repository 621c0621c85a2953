import Synchronization

/// Work that libpq offers only in a blocking form (name resolution while connecting, sending a
/// cancellation), on a thread of its own. Its end makes a descriptor readable, so that both drivers
/// wait for it as for a socket, with a deadline.
///
/// Whoever gives up waiting simply drops its reference: the thread ends by its own deadline and the
/// result is released with it.
final class HelperWork<Value: Sendable>: Sendable {
    private let end: WakeUp
    private let result = Mutex<Value?>(nil)

    init(_ body: @escaping @Sendable () -> Value) throws(DatabaseError) {
        end = try WakeUp()
        guard helperThreads.add() else {
            throw DatabaseError(
                .limit, "\(HelperThreads.threadsMax) connection attempts are under way already",
                remedy: "Wait for them to end: the server does not answer")
        }
        do throws(DatabaseError) {
            try startThread {
                defer { helperThreads.remove() }
                let value = body()
                self.result.withLock { $0 = value }
                self.end.signal()
            }
        } catch {
            helperThreads.remove()
            throw error
        }
    }

    var descriptor: Int32 { end.descriptor }

    /// The result, once the descriptor is readable.
    func take() -> Value? {
        result.withLock { $0.take() }
    }
}

/// Bounds the helper threads of the process: an unreachable server must not collect them.
final class HelperThreads: Sendable {
    static let threadsMax = 64
    private let count = Mutex(0)

    func add() -> Bool {
        count.withLock { count in
            guard count < Self.threadsMax else { return false }
            count += 1
            return true
        }
    }

    func remove() {
        count.withLock { $0 -= 1 }
    }
}

private let helperThreads = HelperThreads()
