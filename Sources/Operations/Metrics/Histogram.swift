/// Counts of observations by size, as Prometheus wants them.
package struct Histogram: Sendable, Equatable {
    /// Upper ends of the buckets in seconds, for what takes from a millisecond to ten seconds.
    package static let secondsBounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    package let bounds: [Double]
    /// One more than bounds: the last is for what is above them all.
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    package init(bounds: [Double] = Histogram.secondsBounds) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package var count: Int { counts.reduce(0, +) }

    package mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// The upper end of the bucket that holds the quantile; nil when nothing was observed. What lies above
    /// all bounds counts as the last one.
    package func quantile(_ fraction: Double) -> Double? {
        let total = count
        guard total > 0, let last = bounds.last else { return nil }
        let wanted = max(1, Int((Double(total) * fraction).rounded(.up)))
        var seen = 0
        for (bound, count) in zip(bounds, counts) {
            seen += count
            if seen >= wanted { return bound }
        }
        return last
    }

    package func samples(_ labels: [MetricLabel] = []) -> [MetricSample] {
        var samples: [MetricSample] = []
        var seen = 0
        for (bound, count) in zip(bounds, counts) {
            seen += count
            let end = MetricLabel("le", PrometheusText.number(bound))
            samples.append(MetricSample(Double(seen), labels + [end], suffix: "_bucket"))
        }
        let all = Double(count)
        samples.append(MetricSample(all, labels + [MetricLabel("le", "+Inf")], suffix: "_bucket"))
        samples.append(MetricSample(sum, labels, suffix: "_sum"))
        samples.append(MetricSample(all, labels, suffix: "_count"))
        return samples
    }
}
