import Journal
import Market
import Network

/// The hand-over from the thread that decodes to the one that commits: one open batch, which grows while the
/// last one is in flight.
///
/// At its bound the decoding thread waits, so that a backlog stays in the journal and not in memory.
package final class BatchSlot: @unchecked Sendable {
    /// The open batch takes no more at so many rows; the frame that reached it is in whole.
    package let rowsMax: Int
    /// Or at so many bytes of frames.
    package static let bytesMax = 16 << 20
    /// A position without rows is stored so often.
    package static let idleMilliseconds: Int64 = 1_000

    private let monitor = Monitor()
    // Guarded by the monitor.
    private var open = PreparedBatch()
    private var noted: [CaptureHole] = []
    /// What is decoded, as `PreparedBatch.throughNanoseconds` has it.
    private var throughNanoseconds: Int64?
    private var generation = 0
    private var backTo: (position: UInt64, since: Instant?)?
    private var isEnded = false
    private var isStopped = false

    package init(rowsMax: Int = CommitMachine.rowsMaxStandard - 1_500) { self.rowsMax = rowsMax }

    // MARK: For the thread that decodes

    package enum Order: Sendable, Equatable {
        /// There is room; what is delivered belongs to this generation.
        case read(generation: Int)
        /// Begin again behind this frame, which was committed at this time.
        case goBack(to: UInt64, since: Instant?, generation: Int)
        case stop
    }

    /// Waits until there is room or something else to do.
    package func order() -> Order {
        monitor.locked {
            while true {
                if isStopped { return .stop }
                if let target = backTo {
                    backTo = nil
                    return .goBack(to: target.position, since: target.since, generation: generation)
                }
                if generation > 0, open.rowCount < rowsMax, open.bytes < Self.bytesMax {
                    return .read(generation: generation)
                }
                monitor.wait(untilMilliseconds: Monotonic.milliseconds() + 1_000)
            }
        }
    }

    /// Adds rows; those of an earlier generation are dropped.
    package func deliver(_ batch: consuming PreparedBatch, generation: Int, isEnded: Bool) {
        let batch = batch
        monitor.locked {
            guard generation == self.generation else { return }
            throughNanoseconds = batch.throughNanoseconds
            if !batch.isEmpty { open.append(batch) }
            if isEnded { self.isEnded = true }
            if !batch.isEmpty || isEnded { monitor.wakeAll() }
        }
    }

    // MARK: For the thread that commits

    package enum Taking {
        case batch(PreparedBatch)
        /// No rows until then: what is open holds nothing but progress.
        case nothing(throughNanoseconds: Int64?)
        case ended
    }

    /// Waits for rows until `deadline`, at least until `notBefore`. All in milliseconds of the monotonic clock.
    package func take(notBefore: Int64, idleSince: Int64, deadline: Int64) -> Taking {
        monitor.locked {
            while true {
                let now = Monotonic.milliseconds()
                if now >= notBefore || isEnded {
                    if open.hasWork || !noted.isEmpty
                        || (!open.isEmpty && (isEnded || now - idleSince >= Self.idleMilliseconds))
                    {
                        var taken = open
                        taken.holes += noted
                        taken.throughNanoseconds = throughNanoseconds
                        noted = []
                        open = PreparedBatch()
                        monitor.wakeAll()
                        return .batch(taken)
                    }
                    if isEnded { return .ended }
                }
                if now >= deadline || isStopped {
                    return .nothing(throughNanoseconds: open.hasWork ? nil : throughNanoseconds)
                }
                monitor.wait(untilMilliseconds: now < notBefore ? min(notBefore, deadline) : deadline)
            }
        }
    }

    /// Has a gap stored with the next batch.
    package func note(_ hole: CaptureHole) {
        monitor.locked {
            noted.append(hole)
            monitor.wakeAll()
        }
    }

    /// Drops what is open; the decoding thread begins again behind this frame.
    package func goBack(to position: UInt64, since: Instant?) {
        monitor.locked {
            generation += 1
            backTo = (position, since)
            open = PreparedBatch()
            throughNanoseconds = nil
            isEnded = false
            monitor.wakeAll()
        }
    }

    /// Both threads come to their end.
    package func stop() {
        monitor.locked {
            isStopped = true
            monitor.wakeAll()
        }
    }

    /// Sleeps, unless stopped meanwhile.
    package func pause(milliseconds: Int64) {
        monitor.locked {
            let deadline = Monotonic.milliseconds() + milliseconds
            while !isStopped, Monotonic.milliseconds() < deadline {
                monitor.wait(untilMilliseconds: deadline)
            }
        }
    }
}

extension PreparedBatch {
    /// Whether there is more in it than progress.
    fileprivate var hasWork: Bool { rowCount > 0 || !aside.isEmpty || !holes.isEmpty }
}
