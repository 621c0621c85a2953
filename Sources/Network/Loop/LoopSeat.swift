import Synchronization

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
