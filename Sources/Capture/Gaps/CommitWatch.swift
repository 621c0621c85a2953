/// Knows up to which moment everything that was received is committed, from two numbers that are looked at
/// now and then. Pure.
package struct CommitWatch: Sendable {
    /// Looks that are kept; beyond, every second one is forgotten.
    static let samplesMax = 512

    private var samples: [(sequence: UInt64, milliseconds: Int64)] = []
    /// Everything received until then (monotonic clock) is committed.
    package private(set) var committedMilliseconds = Int64.min

    package init() {}

    /// `last` is the journal's newest frame, `committed` the newest in the database.
    package mutating func look(last: UInt64, committed: UInt64, at milliseconds: Int64) {
        samples.append((last, milliseconds))
        var reached = 0
        while reached < samples.count, samples[reached].sequence <= committed {
            committedMilliseconds = max(committedMilliseconds, samples[reached].milliseconds)
            reached += 1
        }
        samples.removeFirst(reached)
        if samples.count > Self.samplesMax {
            samples = samples.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        }
    }
}
