/// What a running role (capture, serve, …) says about itself each second.
package struct RoleStatus: Sendable, Equatable, Codable {
    /// A role whose last word is older counts as stale: it is gone, or it is stuck.
    package static let freshMillisecondsMax: Int64 = 5_000

    package var role: String
    package var host: String
    package var pid: Int32
    package var startedUnixMilliseconds: Int64
    package var updatedUnixMilliseconds: Int64
    /// Its state in a word: starting, running, draining, stopped.
    package var state: String
    /// What is wrong, in sentences; empty when nothing is.
    package var reasons: [String]
    package var metrics: [MetricFamily]

    package init(
        role: String, host: String, pid: Int32, startedUnixMilliseconds: Int64,
        updatedUnixMilliseconds: Int64, state: String, reasons: [String] = [],
        metrics: [MetricFamily] = []
    ) {
        self.role = role
        self.host = host
        self.pid = pid
        self.startedUnixMilliseconds = startedUnixMilliseconds
        self.updatedUnixMilliseconds = updatedUnixMilliseconds
        self.state = state
        self.reasons = reasons
        self.metrics = metrics
    }

    /// A role that said that it stopped is not stale: it has nothing more to say.
    package func isStale(nowUnixMilliseconds now: Int64) -> Bool {
        state != "stopped" && now - updatedUnixMilliseconds > Self.freshMillisecondsMax
    }

    /// The value of the sample with this label; nil when there is none.
    package func value(of name: String, where label: MetricLabel) -> Double? {
        metrics.first { $0.name == name }?.samples.first { $0.labels.contains(label) }?.value
    }

    /// The sum of a metric's samples; nil when the role does not publish it.
    package func value(of name: String) -> Double? {
        guard let family = metrics.first(where: { $0.name == name }) else { return nil }
        return family.samples.reduce(0) { $0 + $1.value }
    }

    /// Every value by its series, as programs read it: `name` or `name{label="value"}`. Histograms come with
    /// their sums and counts alone.
    package var series: [(name: String, value: Double)] {
        metrics.flatMap { family in
            family.samples.filter { $0.suffix != "_bucket" }.map { sample in
                (family.name + sample.suffix + PrometheusText.labels(sample.labels), sample.value)
            }
        }
    }
}
