import Glibc

/// How steadily something speaks, and after what silence it is no longer to be believed. Pure.
///
/// What is learned is the share of seconds in which anything came (a burst counts as one second, so it
/// makes nobody seem livelier than he is). If seconds were independent, a silence of t seconds had the
/// probability (1 − share)^t; a silence with less than one in a thousand million is too long.
package struct Pulse: Sendable, Equatable {
    /// The part of a second in what is remembered: half is forgotten in 89 s.
    private static let weight = 1.0 / 128
    /// −ln of the probability that a silence is by chance.
    private static let doubt = 20.7
    /// However lively: shorter silences are not judged.
    package static let silenceMillisecondsMin: Int64 = 5_000
    /// Who would have to be silent for longer is not watched.
    package static let silenceMillisecondsMax: Int64 = 600_000
    private static let shareMax = 0.99

    private(set) package var lastAt: Int64
    private var second: Int64
    private(set) package var share: Double

    /// `share` is what is expected so far; zero when nothing is known.
    package init(at now: Int64, share: Double = 0) {
        lastAt = now
        second = now / 1_000
        self.share = min(max(share, 0), Self.shareMax)
    }

    package mutating func beat(at now: Int64) {
        lastAt = max(lastAt, now)
        let present = now / 1_000
        guard present > second else { return }
        share = share * exp(-Double(present - second) * Self.weight) + Self.weight
        second = present
    }

    /// Silence is counted from now on: a new connection, or another chance.
    package mutating func restart(at now: Int64) {
        lastAt = now
        second = now / 1_000
    }

    /// It was silent for too long, and nothing was wrong: expect less.
    package mutating func relax(at now: Int64) {
        restart(at: now)
        share /= 2
    }

    /// Not watched until it speaks again.
    package mutating func forget(at now: Int64) {
        restart(at: now)
        share = 0
    }

    /// The longest silence that is believed; nil when it is not watched.
    package var silenceMaxMilliseconds: Int64? {
        guard share > 0 else { return nil }
        let seconds = Self.doubt / -log(1 - min(share, Self.shareMax))
        guard seconds * 1_000 <= Double(Self.silenceMillisecondsMax) else { return nil }
        return max(Self.silenceMillisecondsMin, Int64(seconds * 1_000))
    }

    package func isOverdue(at now: Int64) -> Bool {
        guard let limit = silenceMaxMilliseconds else { return false }
        return now - lastAt > limit
    }
}
