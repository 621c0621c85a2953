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

struct Readiness: OptionSet {
    let rawValue: UInt8
    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    /// Reset or hung up; without an interest in reading it would be reported for ever.
    static let broken = Readiness(rawValue: 4)
    /// As an interest: report (as readable) only that the peer ended its side.
    static let peerEnd = Readiness(rawValue: 8)
}

/// A member's place on its loop. All but `signalled` belongs to the loop's thread.
final class LoopSeat: @unchecked Sendable {
    let loop: EventLoop
    /// True from the first signal until the loop looks: a member stands in the inbox at most once.
    let signalled = Atomic<Bool>(false)
    var descriptor: Int32 = -1
    var interest: Readiness = []
    var wantsTurn = false
    var isResident = false

    init(on loop: EventLoop) {
        self.loop = loop
    }
}
