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
        try HelperThreads.shared.run {
            let value = body()
            self.result.withLock { $0 = value }
            self.end.signal()
        }
    }

    var descriptor: Int32 { end.descriptor }

    /// The result, once the descriptor is readable.
    func take() -> Value? {
        result.withLock { $0.take() }
    }
}
