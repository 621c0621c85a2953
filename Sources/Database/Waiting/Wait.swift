/// One wait: for a descriptor to become ready, no longer than until the deadline.
package struct Wait: Sendable {
    var descriptor: Int32
    var readiness: Readiness
    var deadline: ContinuousClock.Instant
    /// False while a connection is being brought back into order: that must not be cut short.
    var isCancellable = true

    package init(
        descriptor: Int32, readiness: Readiness, deadline: ContinuousClock.Instant, isCancellable: Bool = true
    ) {
        self.descriptor = descriptor
        self.readiness = readiness
        self.deadline = deadline
        self.isCancellable = isCancellable
    }
}

/// How a wait ended.
enum WaitOutcome: Sendable, Equatable {
    /// The descriptor is ready, or in error: the next call on it tells.
    case ready
    case timedOut
    case cancelled
    /// The poller has as many waits as it takes.
    case refused
}
