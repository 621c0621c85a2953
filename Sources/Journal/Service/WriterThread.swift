import CLinux
import Glibc

/// The thread that writes: it blocks on the disk, which Swift's cooperative threads must not. It takes no
/// signals; those of the process go to the main thread.
final class WriterThread: Sendable {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    private let handle: pthread_t

    init(named name: String, _ run: @escaping @Sendable () -> Void) throws(JournalError) {
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, Self.start, body.toOpaque()) == 0 else {
            body.release()
            throw JournalError(
                .exhausted, "the system gives no more threads", at: name,
                remedy: "Raise the limit of threads (ulimit -u, or the service's TasksMax).")
        }
        handle = thread
    }

    /// Returns when the thread has ended. To be called once.
    func join() {
        pthread_join(handle, nil)
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
