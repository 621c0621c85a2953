/// A metric by Prometheus naming rules: `yeoul_…`, a base unit at its end, counters with `_total`.
package struct MetricFamily: Sendable, Equatable, Codable {
    package var name: String
    package var kind: MetricKind
    package var help: String
    package var samples: [MetricSample]

    package init(_ name: String, _ kind: MetricKind, _ help: String, _ samples: [MetricSample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    package init(_ name: String, _ kind: MetricKind, _ help: String, _ value: Double) {
        self.init(name, kind, help, [MetricSample(value)])
    }

    /// The same with one more label on every sample.
    package func labelled(_ label: MetricLabel) -> MetricFamily {
        var copy = self
        for index in copy.samples.indices { copy.samples[index].labels.append(label) }
        return copy
    }
}
