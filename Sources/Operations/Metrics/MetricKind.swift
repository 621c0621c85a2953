/// How Prometheus reads a metric.
package enum MetricKind: String, Sendable, Codable, CaseIterable {
    case counter
    case gauge
    case histogram
}
