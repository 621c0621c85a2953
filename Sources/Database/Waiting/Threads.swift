import Glibc

/// Starts a detached thread. Its closure is made in a nonisolated function, so that it may run on a
/// thread that Swift knows nothing of.
func startThread(_ body: @escaping @Sendable () -> Void) throws(DatabaseError) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
    let box = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    guard status == 0 else {
        box.release()
        throw DatabaseError(
            .limit, "cannot start a thread: \(String(cString: strerror(status)))",
            remedy: "Raise the limit of processes (ulimit -u)")
    }
    pthread_detach(thread)
}
