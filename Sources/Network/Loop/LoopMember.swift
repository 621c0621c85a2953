import Synchronization

/// What lives on a loop. Everything but `seat` is called on the loop's thread only.
protocol LoopMember: AnyObject, Sendable {
    var seat: LoopSeat { get }
    /// Somebody called `signal`: look at what other threads have left.
    func loopSignalled()
    /// The descriptor can be read or written, or is broken (both then).
    func loopReady(_ readiness: Readiness)
    /// The deadline set with `setDeadline` has come; it is no longer set.
    func loopDeadline(at now: Int64)
    /// The turn that `again` asked for.
    func loopAgain()
    /// The loop ends: close now.
    func loopEnds()
}
