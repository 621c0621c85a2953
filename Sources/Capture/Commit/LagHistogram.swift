import Glibc

/// How long things took, in steps of a tenth: percentiles within five per cent, in a few hundred numbers.
package struct LagHistogram: Sendable, Equatable {
    /// Up to about two hours; what took longer counts as that.
    private static let stepsMax = 256
    private static let growth = 1.1

    private var counts = [Int](repeating: 0, count: stepsMax)
    package private(set) var count = 0
    package private(set) var largestMicroseconds: Int64 = 0
    package private(set) var sumMicroseconds: Int64 = 0

    package init() {}

    package mutating func add(microseconds: Int64, times: Int = 1) {
        counts[Self.step(microseconds)] += times
        count += times
        largestMicroseconds = max(largestMicroseconds, microseconds)
        sumMicroseconds &+= max(0, microseconds) &* Int64(times)
    }

    /// What came since `earlier`, a former state of this one. Its largest is that of all.
    package func since(_ earlier: LagHistogram) -> LagHistogram {
        var rest = self
        for step in counts.indices { rest.counts[step] -= earlier.counts[step] }
        rest.count -= earlier.count
        rest.sumMicroseconds -= earlier.sumMicroseconds
        return rest
    }

    /// How many took at most so long, for each of the ascending bounds; a step counts where its end is.
    package func counts(upToMicroseconds bounds: [Int64]) -> [Int] {
        var result = [Int](repeating: 0, count: bounds.count)
        for step in counts.indices where counts[step] > 0 {
            let end = Self.end(step)
            for index in bounds.indices where end <= bounds[index] { result[index] += counts[step] }
        }
        return result
    }

    /// The upper end of the step that holds this share of all; nil when there is none.
    package func microseconds(atShare share: Double) -> Int64? {
        guard count > 0 else { return nil }
        var rest = max(1, Int((Double(count) * share).rounded(.up)))
        for step in counts.indices {
            rest -= counts[step]
            if rest <= 0 { return min(largestMicroseconds, Self.end(step)) }
        }
        return largestMicroseconds
    }

    private static func step(_ microseconds: Int64) -> Int {
        guard microseconds > 1 else { return 0 }
        return min(stepsMax - 1, Int(log(Double(microseconds)) / log(growth)) + 1)
    }

    private static func end(_ step: Int) -> Int64 {
        var value = 1.0
        for _ in 0..<step { value *= growth }
        return Int64(value)
    }
}
