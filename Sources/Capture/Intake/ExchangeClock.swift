import Market

/// What the exchange's clock shows above our monotonic one: the smallest recent (message time − receive time).
///
/// The smallest, so that what follows from it is never later than the messages that are still on their way.
package struct ExchangeClock: Sendable {
    /// Offsets are kept by the second for so long.
    package static let windowSeconds = 60
    /// A message that is later than the others by more is late, and says nothing about the clock.
    package static let lateMicroseconds: Int64 = 30_000_000

    private var smallest = [Int64](repeating: .max, count: windowSeconds)
    private var seconds = [Int64](repeating: -1, count: windowSeconds)
    /// The offset in use: of what is recent, or the last that was.
    private var offset: Int64?
    private var newestSecond: Int64 = -1

    package init() {}

    /// Whether any message has told the exchange's time.
    package var isSet: Bool { offset != nil }

    /// The exchange's time minus our monotonic one, in microseconds.
    package var offsetMicroseconds: Int64? { offset }

    /// A message made at `time` was received at this moment of the monotonic clock.
    package mutating func observe(_ time: Instant, receivedNanoseconds: Int64) {
        let received = receivedNanoseconds / 1_000
        let sample = time.microseconds &- received
        if let offset, sample < offset, offset &- sample > Self.lateMicroseconds, isFresh(received) { return }
        let second = received / 1_000_000
        // A backlog that is read again tells nothing of now.
        guard second > newestSecond - Int64(Self.windowSeconds) else { return }
        let index = Int(second % Int64(Self.windowSeconds))
        if seconds[index] != second {
            seconds[index] = second
            smallest[index] = sample
        } else if sample < smallest[index] {
            smallest[index] = sample
        } else {
            return
        }
        newestSecond = max(newestSecond, second)
        settle()
    }

    /// Whether a message that was taken is not older than ten seconds.
    private func isFresh(_ received: Int64) -> Bool { newestSecond >= received / 1_000_000 - 10 }

    private mutating func settle() {
        var least = Int64.max
        for index in smallest.indices where seconds[index] > newestSecond - Int64(Self.windowSeconds) {
            least = min(least, smallest[index])
        }
        if least != .max { offset = least }
    }
}
