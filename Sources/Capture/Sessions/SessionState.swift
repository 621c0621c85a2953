/// Where a connection is in its life.
package enum SessionState: String, Sendable, Hashable, CaseIterable {
    /// There is nothing to listen to.
    case idle
    /// Between two attempts.
    case pausing
    /// Waits for its turn among all connections.
    case queueing
    case connecting
    /// Open; the request waits for its turn, or its effect is waited for.
    case subscribing
    case live
    /// Data are overdue; everything was asked for again.
    case stale
    case closing
    case stopped
}
