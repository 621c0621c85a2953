import Dispatch

/// Compressing, checking and syncing files block, and must not block the threads that tasks share: they
/// run on a queue of their own, one after another.
enum ArchiveThread {
    private static let queue = DispatchQueue(label: "yeoul.archive", qos: .utility)

    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
