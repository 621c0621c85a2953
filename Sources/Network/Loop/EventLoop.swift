import CLinux
import Glibc
import Synchronization

/// One thread that waits for sockets and deadlines, and serves its members in turn.
///
/// Other threads reach a member through `signal` alone: a member stands in the inbox at most once, so
/// the inbox is never longer than the number of members. The loop lives until `stop`.
package final class EventLoop: @unchecked Sendable {
    private struct Inbox {
        var signalled: [any LoopMember] = []
        var isStopping = false
        var thread: DedicatedThread?
    }

    /// Events taken in one wait; more wait for the next turn.
    private static let eventsMax = 256

    private let poll: Int32
    private let wakeUp: Int32
    private let inbox = Mutex(Inbox())

    // The loop's thread only.
    private var residents: [ObjectIdentifier: any LoopMember] = [:]
    private var byDescriptor: [Int32: any LoopMember] = [:]
    private var deadlines = DeadlineHeap<ObjectIdentifier>()
    private var turns: [any LoopMember] = []
    private let threadIdentity = Atomic<UInt>(0)

    package init(named name: String) throws {
        poll = yeoul_epoll_create()
        wakeUp = yeoul_wakeup_create()
        guard poll >= 0, wakeUp >= 0 else {
            let failure = NetworkError.system(errno, during: "starting an event loop")
            if poll >= 0 { close(poll) }
            if wakeUp >= 0 { close(wakeUp) }
            throw failure
        }
        var event = epoll_event(events: yeoul_epoll_in, data: epoll_data_t(fd: wakeUp))
        epoll_ctl(poll, EPOLL_CTL_ADD, wakeUp, &event)
        let thread = try DedicatedThread(named: name) { self.run() }
        inbox.withLock { $0.thread = thread }
    }

    deinit {
        close(poll)
        close(wakeUp)
    }

    /// Closes all members and ends the thread; returns when it has ended (at once on the loop's own thread).
    package func stop() {
        let thread = inbox.withLock { inbox in
            inbox.isStopping = true
            defer { inbox.thread = nil }
            return inbox.thread
        }
        guard let thread else { return }
        wake()
        if threadIdentity.load(ordering: .acquiring) == UInt(pthread_self()) {
            thread.detach()
        } else {
            thread.join()
        }
    }

    /// Asks the loop to call `loopSignalled` soon. From any thread; false when the loop has ended.
    @discardableResult
    func signal(_ member: any LoopMember) -> Bool {
        if member.seat.signalled.exchange(true, ordering: .acquiringAndReleasing) { return true }
        let (isAlive, isFirst) = inbox.withLock { inbox in
            guard !inbox.isStopping else { return (false, false) }
            inbox.signalled.append(member)
            return (true, inbox.signalled.count == 1)
        }
        if isFirst { wake() }
        return isAlive
    }

    private func wake() {
        var one: UInt64 = 1
        _ = withUnsafeBytes(of: &one) { write(wakeUp, $0.baseAddress, 8) }
    }
}

// What members call, on the loop's thread.
extension EventLoop {
    /// Keeps `member` alive and lets `loopEnds` reach it, until it leaves.
    func join(_ member: any LoopMember) {
        member.seat.isResident = true
        residents[ObjectIdentifier(member)] = member
    }

    func leave(_ member: any LoopMember) {
        detach(member)
        deadlines.set(nil, for: ObjectIdentifier(member))
        member.seat.isResident = false
        residents[ObjectIdentifier(member)] = nil
    }

    /// Watches `descriptor` for `member`, which has none so far. Fails when the system refuses.
    func attach(_ member: any LoopMember, to descriptor: Int32, interest: Readiness) throws(NetworkError) {
        var event = epoll_event(events: Self.mask(of: interest), data: epoll_data_t(fd: descriptor))
        guard epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
            throw NetworkError.system(errno, during: "watching a socket")
        }
        member.seat.descriptor = descriptor
        member.seat.interest = interest
        byDescriptor[descriptor] = member
    }

    /// Stops watching; the descriptor stays open.
    func detach(_ member: any LoopMember) {
        let descriptor = member.seat.descriptor
        guard descriptor >= 0 else { return }
        epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
        byDescriptor[descriptor] = nil
        member.seat.descriptor = -1
    }

    func setInterest(_ interest: Readiness, of member: any LoopMember) {
        guard member.seat.descriptor >= 0, member.seat.interest != interest else { return }
        member.seat.interest = interest
        var event = epoll_event(
            events: Self.mask(of: interest), data: epoll_data_t(fd: member.seat.descriptor))
        epoll_ctl(poll, EPOLL_CTL_MOD, member.seat.descriptor, &event)
    }

    /// A monotonic time in nanoseconds, or nil for none.
    func setDeadline(_ deadline: Int64?, of member: any LoopMember) {
        deadlines.set(deadline, for: ObjectIdentifier(member))
    }

    /// Gives `member` another turn after the others have had theirs.
    func again(_ member: any LoopMember) {
        guard !member.seat.wantsTurn else { return }
        member.seat.wantsTurn = true
        turns.append(member)
    }

    private static func mask(of interest: Readiness) -> UInt32 {
        var mask: UInt32 = 0
        if interest.contains(.readable) { mask |= yeoul_epoll_in | yeoul_epoll_peer_ended }
        if interest.contains(.peerEnd) { mask |= yeoul_epoll_peer_ended }
        if interest.contains(.writable) { mask |= yeoul_epoll_out }
        return mask
    }
}

// The thread.
extension EventLoop {
    private func run() {
        threadIdentity.store(UInt(pthread_self()), ordering: .releasing)
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsMax)
        while true {
            let count = Int(epoll_wait(poll, &events, Int32(Self.eventsMax), waitMilliseconds()))
            for index in 0..<max(0, count) {
                serve(events[index])
            }
            guard serveInbox() else { break }
            serveTurns()
            serveDeadlines()
        }
        for member in residents.values {
            member.loopEnds()
        }
        residents = [:]
        byDescriptor = [:]
    }

    private func waitMilliseconds() -> Int32 {
        if !turns.isEmpty { return 0 }
        guard let nearest = deadlines.nearest else { return -1 }
        let left = nearest - Monotonic.nanoseconds()
        guard left > 0 else { return 0 }
        return Int32(min(left / 1_000_000 + 1, 60_000))
    }

    private func serve(_ event: epoll_event) {
        let descriptor = event.data.fd
        if descriptor == wakeUp {
            var drained: UInt64 = 0
            _ = withUnsafeMutableBytes(of: &drained) { read(wakeUp, $0.baseAddress, 8) }
            return
        }
        guard let member = byDescriptor[descriptor] else { return }
        var readiness: Readiness = []
        if event.events & (yeoul_epoll_in | yeoul_epoll_peer_ended) != 0 { readiness.insert(.readable) }
        if event.events & yeoul_epoll_out != 0 { readiness.insert(.writable) }
        if event.events & yeoul_epoll_broken != 0 {
            readiness.formUnion([.readable, .writable, .broken])
        }
        member.loopReady(readiness)
    }

    private func serveInbox() -> Bool {
        let (signalled, isStopping) = inbox.withLock { inbox in
            let signalled = inbox.signalled
            inbox.signalled.removeAll(keepingCapacity: inbox.signalled.count < 1_024)
            return (signalled, inbox.isStopping)
        }
        for member in signalled {
            member.seat.signalled.store(false, ordering: .sequentiallyConsistent)
            member.loopSignalled()
        }
        return !isStopping
    }

    private func serveTurns() {
        guard !turns.isEmpty else { return }
        let due = turns
        turns = []
        for member in due {
            member.seat.wantsTurn = false
            if member.seat.isResident { member.loopAgain() }
        }
    }

    private func serveDeadlines() {
        guard let nearest = deadlines.nearest else { return }
        let now = Monotonic.nanoseconds()
        guard nearest <= now else { return }
        // A member that sets its next deadline into the past gets its turn in the next round.
        for _ in 0..<deadlines.count {
            guard let key = deadlines.popDue(at: now) else { return }
            residents[key]?.loopDeadline(at: now)
        }
    }
}
