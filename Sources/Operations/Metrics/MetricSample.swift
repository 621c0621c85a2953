/// One value of a family.
package struct MetricSample: Sendable, Equatable, Codable {
    /// What stands behind the family's name: `_bucket`, `_sum` and `_count` of a histogram, else nothing.
    package var suffix: String
    package var labels: [MetricLabel]
    package var value: Double

    package init(_ value: Double, _ labels: [MetricLabel] = [], suffix: String = "") {
        self.suffix = suffix
        self.labels = labels
        self.value = value
    }
}

/// `name="value"`. Values come from small closed sets: a label is never a market's code or an address.
package struct MetricLabel: Sendable, Equatable, Codable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
