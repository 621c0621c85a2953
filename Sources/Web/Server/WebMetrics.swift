import Operations
import Synchronization

/// What the server counts of itself.
final class WebMetrics: Sendable {
    private struct Key: Hashable {
        let method: String
        let endpoint: String
    }

    private struct State {
        var durations: [Key: Histogram] = [:]
        var statuses: [Int: Int] = [:]
    }

    private let state = Mutex(State())

    /// `endpoint` is a route of ours or "other": labels are a closed set.
    func observe(method: String, endpoint: String, status: Int, seconds: Double) {
        let known = ["GET", "HEAD", "POST"].contains(method) ? method : "other"
        state.withLock { state in
            state.durations[Key(method: known, endpoint: endpoint), default: Histogram()].observe(seconds)
            state.statuses[status, default: 0] += 1
        }
    }

    func families() -> [MetricFamily] {
        let (durations, statuses) = state.withLock { ($0.durations, $0.statuses) }
        let ordered = durations.sorted {
            ($0.key.endpoint, $0.key.method) < ($1.key.endpoint, $1.key.method)
        }
        let samples = ordered.flatMap { key, histogram in
            histogram.samples([MetricLabel("method", key.method), MetricLabel("endpoint", key.endpoint)])
        }
        let answers = statuses.sorted { $0.key < $1.key }.map { status, count in
            MetricSample(Double(count), [MetricLabel("status", String(status))])
        }
        return [
            MetricFamily(
                "http_request_duration_seconds", .histogram, "Time to answer a request.", samples),
            MetricFamily(
                "yeoul_http_responses_total", .counter, "Answers by HTTP status.", answers),
        ]
    }
}
