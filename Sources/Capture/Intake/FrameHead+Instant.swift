import Journal
import Market

extension FrameHead {
    /// When it was received, by our wall clock.
    package var receivedAt: Instant { Instant(microseconds: time.unixMicroseconds) }
}
