import CLinux
import Glibc

/// A thread of our own for code that blocks: Swift's cooperative pool must never do so.
///
/// It takes no signals (SIGPIPE of a cut connection included; those of the process go to the main thread).
package final class DedicatedThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts at once. `name` shows in `top -H`; the system keeps 15 bytes of it.
    package init(named name: String, _ run: @escaping @Sendable () -> Void) throws {
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, Self.start, body.toOpaque())
        guard status == 0 else {
            body.release()
            throw NetworkError(
                .exhausted, "the system gives no more threads", at: name,
                remedy: "Raise the limit of threads (ulimit -u, or the service's TasksMax).")
        }
        handle = thread
    }

    /// Returns when the thread has ended. To be called at most once, and `detach` not at all then.
    package func join() {
        pthread_join(handle, nil)
    }

    /// The thread cleans up after itself; nobody waits for it.
    package func detach() {
        pthread_detach(handle)
    }

    private static let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { raw in
        guard let raw else { return nil }
        let body = Unmanaged<Body>.fromOpaque(raw).takeRetainedValue()
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_SETMASK, &signals, nil)
        yeoul_thread_set_name(body.name)
        body.run()
        return nil
    }
}
