import Capture
import Journal
import Operations

/// Capture's and the journal's own histograms in the form of a stage of `yeoul_capture_latency_seconds`.
enum LagSamples {
    static func of(_ lag: LagHistogram, _ stage: String) -> [MetricSample] {
        let bounds = Histogram.secondsBounds
        let counts = lag.counts(upToMicroseconds: bounds.map { Int64($0 * 1_000_000) })
        return samples(stage, zip(bounds, counts), lag.count, Double(lag.sumMicroseconds) / 1_000_000)
    }

    static func of(_ waits: SyncWaits, _ stage: String) -> [MetricSample] {
        var seen = 0
        var steps: [(Double, Int)] = []
        for (bound, count) in zip(SyncWaits.boundsNanoseconds, waits.counts) {
            seen += count
            steps.append((Double(bound) / 1_000_000_000, seen))
        }
        let total = waits.counts.reduce(0, +)
        return samples(stage, steps, total, Double(waits.sumNanoseconds) / 1_000_000_000)
    }

    private static func samples(
        _ stage: String, _ steps: some Sequence<(Double, Int)>, _ total: Int, _ sum: Double
    ) -> [MetricSample] {
        let label = MetricLabel("stage", stage)
        var samples = steps.map { bound, count in
            MetricSample(
                Double(count), [label, MetricLabel("le", PrometheusText.number(bound))], suffix: "_bucket")
        }
        samples.append(MetricSample(Double(total), [label, MetricLabel("le", "+Inf")], suffix: "_bucket"))
        samples.append(MetricSample(sum, [label], suffix: "_sum"))
        samples.append(MetricSample(Double(total), [label], suffix: "_count"))
        return samples
    }
}
