import Diagnostics
import Market
import Network

/// The thread that decodes: takes frames from the feed and hands rows over to the commit thread.
package final class IntakeLoop: Sendable {
    /// Bytes of frames that are decoded at a time.
    package static let readBytesMax = 128 << 10
    private static let waitMilliseconds = 100
    /// After a failure of the journal's disk.
    private static let troubleMilliseconds: Int64 = 1_000

    private let slot: BatchSlot
    private let time: ExchangeTime
    private let settings: IntakeSettings
    /// Frames before this one are of an earlier process.
    private let clockFrom: UInt64
    private let tap: TickerTap?
    private let logger: Logger

    package init(
        _ settings: IntakeSettings, slot: BatchSlot, time: ExchangeTime, clockFrom: UInt64,
        tap: TickerTap? = nil, logger: Logger
    ) {
        self.settings = settings
        self.slot = slot
        self.time = time
        self.clockFrom = clockFrom
        self.tap = tap
        self.logger = logger
    }

    /// Returns when the slot is stopped.
    package func run(_ feed: any FrameFeed) {
        var intake = Intake(settings, clockFrom: clockFrom, tap: tap)
        var lastReceived: Instant?
        var openHole: (reason: String, from: Instant)?
        while true {
            switch slot.order() {
            case .stop: return
            case .goBack(let position, let since, _):
                feed.seek(after: position)
                intake.forget()
                lastReceived = since
                openHole = nil
            case .read(let generation):
                var first: Instant?
                let began = Monotonic.nanoseconds()
                do {
                    let reading = try feed.read(
                        bytesMax: Self.readBytesMax, waitMilliseconds: Self.waitMilliseconds
                    ) { head, label, payload in
                        if first == nil { first = head.receivedAt }
                        intake.take(head, label: label, payload)
                    }
                    if let hole = reading.hole, openHole == nil {
                        logger.error(
                            "frames are missing in the journal",
                            [
                                "from": "\(hole.frames.lowerBound)", "to": "\(hole.frames.upperBound)",
                                "reason": hole.reason,
                            ])
                        openHole = (hole.reason, lastReceived ?? first ?? .epoch)
                    }
                    time.set(offsetMicroseconds: intake.clock.offsetMicroseconds)
                    var batch = intake.takeBatch()
                    if let hole = openHole, let first {
                        batch.holes.append(CaptureHole(from: hole.from, to: first, reason: hole.reason))
                        openHole = nil
                    }
                    if !batch.isEmpty { lastReceived = batch.newestReceivedAt }
                    // Nothing was left then; with frames, each says when it was received.
                    if reading.isDrained { batch.throughNanoseconds = began }
                    slot.deliver(batch, generation: generation, isEnded: reading.isEnded)
                } catch {
                    logger.error("the journal cannot be read", ["error": "\(error)"])
                    slot.pause(milliseconds: Self.troubleMilliseconds)
                }
            }
        }
    }
}
