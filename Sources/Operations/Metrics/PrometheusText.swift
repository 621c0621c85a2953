/// The text format that Prometheus scrapes (version 0.0.4). Pure.
package enum PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// Samples of one answer; a role that publishes more is cut, and says so.
    package static let samplesMax = 10_000

    /// Families of one name are printed together, under the kind and the help of the first. What breaks the
    /// format's rules is left out rather than making the whole answer unreadable.
    package static func render(_ families: [MetricFamily]) -> String {
        var order: [String] = []
        var byName: [String: MetricFamily] = [:]
        for family in families where isName(family.name) {
            if byName[family.name] == nil {
                order.append(family.name)
                byName[family.name] = family
            } else if byName[family.name]?.kind == family.kind {
                byName[family.name]?.samples += family.samples
            }
        }
        var text = ""
        var room = samplesMax
        for name in order {
            guard let family = byName[name] else { continue }
            text += "# HELP \(name) \(escapedHelp(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for sample in family.samples.prefix(room) {
                guard sample.labels.allSatisfy({ isLabelName($0.name) }) else { continue }
                text += "\(name)\(sample.suffix)\(labels(sample.labels)) \(number(sample.value))\n"
            }
            room -= min(room, family.samples.count)
        }
        return text
    }

    package static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    static func labels(_ labels: [MetricLabel]) -> String {
        if labels.isEmpty { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escapedValue($0.value))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func escapedHelp(_ text: String) -> String {
        replaced(text, ["\\": "\\\\", "\n": "\\n"])
    }

    private static func escapedValue(_ text: String) -> String {
        replaced(text, ["\\": "\\\\", "\n": "\\n", "\"": "\\\""])
    }

    private static func replaced(_ text: String, _ replacements: [Unicode.Scalar: String]) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = replacements[scalar] {
                result += replacement
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: ":") }
    }

    private static func isLabelName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 32 >= UInt8(ascii: "a") && byte | 32 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
