/// How long the oldest frame of each sync waited from its receipt until it was on disk for sure.
package struct SyncWaits: Sendable, Equatable {
    /// Upper ends of the buckets; the last bucket is for what took longer than them all.
    package static let boundsNanoseconds: [Int64] = [
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    package private(set) var counts = [Int](repeating: 0, count: boundsNanoseconds.count + 1)
    package private(set) var sumNanoseconds: Int64 = 0

    package init() {}

    /// A receive time that lies ahead of the clock waited for nothing.
    package mutating func add(nanoseconds: Int64) {
        let waited = max(0, nanoseconds)
        let bounds = Self.boundsNanoseconds
        counts[bounds.firstIndex { waited <= $0 } ?? bounds.count] += 1
        sumNanoseconds &+= waited
    }
}
