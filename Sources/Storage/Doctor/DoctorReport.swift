import Foundation

/// All findings, as text for people and as JSON for programs.
package struct DoctorReport: Sendable, Equatable {
    package var findings: [Finding]

    package init(findings: [Finding] = []) {
        self.findings = findings
    }

    /// Exit 1 when this is true.
    package var hasErrors: Bool { findings.contains { $0.severity == .error } }

    package func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }

    /// The worst first within each check, what is well in one line.
    package var text: String {
        var lines: [String] = []
        for finding in findings {
            let mark =
                switch finding.severity {
                case .ok: "ok     "
                case .note: "note   "
                case .warning: "warning"
                case .error: "ERROR  "
                }
            var line = "\(mark)  \(finding.check): \(finding.what)"
            if let place = finding.place { line += " (\(place))" }
            lines.append(line)
            if let remedy = finding.remedy { lines.append("           \(remedy)") }
        }
        func words(_ severity: Finding.Severity) -> String {
            let count = count(severity)
            return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        lines.append("\(words(.error)), \(words(.warning))")
        return lines.joined(separator: "\n")
    }

    private struct Document: Encodable {
        var errors: Int
        var warnings: Int
        var findings: [Finding]
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let document = Document(errors: count(.error), warnings: count(.warning), findings: findings)
        return try String(decoding: encoder.encode(document), as: UTF8.self)
    }
}
