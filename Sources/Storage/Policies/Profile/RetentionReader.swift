import Diagnostics
import YAML

/// Reads a file of `retention/`. Everything wrong in it is found in one reading, each with its line.
package struct RetentionReader {
    private let document: YAMLDocument
    private var faults: [YAMLError] = []

    private init(_ document: YAMLDocument) {
        self.document = document
    }

    /// A profile from its text; `file` is how errors name it.
    package static func profile(parsing bytes: [UInt8], file: String) throws(StorageError) -> RetentionProfile
    {
        let document: YAMLDocument
        do {
            document = try YAMLDocument(parsing: bytes, file: file)
        } catch {
            throw refusal([error], file: file)
        }
        var reader = RetentionReader(document)
        let profile = reader.readProfile()
        if !reader.faults.isEmpty { throw refusal(reader.faults, file: file) }
        return profile
    }

    /// A profile from a file of one's own.
    package static func profile(readingFile path: String) throws(StorageError) -> RetentionProfile {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.read(path, bytesMax: YAMLLimits.standard.bytesMax)
        } catch {
            throw refusal([error], file: path)
        }
        return try profile(parsing: bytes, file: path)
    }

    /// At most so many faults are told at once.
    private static let faultsToldMax = 12

    private static func refusal(_ faults: [YAMLError], file: String) -> StorageError {
        if faults.count == 1, let fault = faults.first {
            return StorageError(.policy, fault.what, place: fault.place, remedy: fault.remedy)
        }
        var lines = faults.prefix(faultsToldMax).map { "\n  \($0.description)" }
        if faults.count > faultsToldMax { lines.append("\n  and \(faults.count - faultsToldMax) more") }
        return StorageError(
            .policy, "the retention profile has \(faults.count) faults:\(lines.joined())", place: file,
            remedy: "Correct the lines named.")
    }

    private mutating func refuse(_ node: YAMLNode, _ what: String, _ remedy: String? = nil) {
        faults.append(document.refusal(of: node, what, remedy: remedy))
    }

    // MARK: The file

    private static let keys = ["profile", "about", "time_tables", "statistics", "plain_tables"]

    private mutating func readProfile() -> RetentionProfile {
        var profile = RetentionProfile(name: "", about: "", timeTables: [], statistics: [], plainTables: [:])
        let root = document.root
        for entry in entries(of: root, known: Self.keys, what: "a retention profile") {
            switch entry.key {
            case "profile": profile.name = text(entry.value) ?? ""
            case "about": profile.about = text(entry.value) ?? ""
            case "time_tables": profile.timeTables = timeTables(entry.value)
            case "statistics": profile.statistics = statistics(entry.value)
            default: profile.plainTables = plainTables(entry.value)
            }
        }
        for key in Self.keys where root[key] == nil {
            refuse(root, "the profile has no \(key)", "Add it; retention/default.yaml is an example.")
        }
        if faults.isEmpty { checkSeriesOfFamilies(profile) }
        return profile
    }

    private mutating func timeTables(_ node: YAMLNode) -> [TimeTablePolicy] {
        var policies: [TimeTablePolicy] = []
        for entry in entries(of: node, known: PolicyTables.time, what: "time_tables") {
            if let policy = timeTable(entry.key, entry.value) { policies.append(policy) }
        }
        requireAll(PolicyTables.time, in: node)
        return policies
    }

    private mutating func statistics(_ node: YAMLNode) -> [StatisticPolicy] {
        let known = PolicyTables.statistics
        let policies = entries(of: node, known: known, what: "statistics").map { entry in
            let policy = StatisticPolicy(name: entry.key, dropAfter: spanOrNever(entry.value))
            if let drop = policy.dropAfter, drop < PolicyLimits.statisticKeepMin {
                refuse(
                    entry.value, "\(entry.key): \(drop) is within what the statistics are refreshed for",
                    "Keep at least \(PolicyLimits.statisticKeepMin).")
            }
            return policy
        }
        requireAll(known, in: node)
        return policies
    }

    private mutating func plainTables(_ node: YAMLNode) -> [String: PlainTablePolicy] {
        var policies: [String: PlainTablePolicy] = [:]
        let known = PolicyTables.plain.keys.sorted()
        for entry in entries(of: node, known: known, what: "plain_tables") {
            if let scalar = entry.value.scalar {
                if scalar.text == "keep" {
                    policies[entry.key] = .keep
                } else {
                    refuse(entry.value, "\"\(scalar.text)\" is no policy", "Write keep, or a rule.")
                }
            } else if let rule = pruneRule(entry.key, entry.value) {
                policies[entry.key] = .prune(rule)
            }
        }
        requireAll(known, in: node)
        return policies
    }

    private mutating func requireAll(_ tables: [String], in node: YAMLNode) {
        guard node.entries != nil else { return }
        for table in tables where node[table] == nil {
            refuse(node, "there is no policy for \(table)", "Every table needs one: add it.")
        }
    }

    // MARK: Tables

    private static let timeKeys = [
        "chunk", "compress_after", "drop_after", "archive", "segment_by", "order_by", "index_after",
    ]

    private mutating func timeTable(_ table: String, _ node: YAMLNode) -> TimeTablePolicy? {
        let before = faults.count
        var policy = TimeTablePolicy(table: table, chunk: TimeSpan(seconds: 0))
        for entry in entries(of: node, known: Self.timeKeys, what: "a time table's policy") {
            switch entry.key {
            case "chunk": policy.chunk = span(entry.value) ?? policy.chunk
            case "compress_after": policy.compressAfter = spanOrNever(entry.value)
            case "drop_after": policy.dropAfter = spanOrNever(entry.value)
            case "index_after": policy.indexAfter = spanOrNever(entry.value)
            case "archive": policy.isArchived = yesOrNo(entry.value) ?? false
            case "segment_by": policy.segmentBy = names(entry.value)
            default: policy.orderBy = orderColumns(entry.value)
            }
        }
        for key in ["chunk", "compress_after", "drop_after"] where node.entries != nil && node[key] == nil {
            refuse(node, "\(table) has no \(key)", "Add it; never is a value where nothing is to happen.")
        }
        if faults.count == before { check(policy, node) }
        return faults.count == before ? policy : nil
    }

    private static let pruneKeys = ["time", "prune_after", "keep_newest", "per", "only"]

    private mutating func pruneRule(_ table: String, _ node: YAMLNode) -> PruneRule? {
        let before = faults.count
        var rule = PruneRule(table: table, timeColumn: "", after: TimeSpan(seconds: 0))
        for entry in entries(of: node, known: Self.pruneKeys, what: "a rule") {
            switch entry.key {
            case "time": rule.timeColumn = text(entry.value) ?? ""
            case "prune_after": rule.after = span(entry.value) ?? rule.after
            case "keep_newest": rule.keepNewest = count(entry.value) ?? 0
            case "per": rule.groupColumns = names(entry.value)
            default:
                for condition in entries(of: entry.value, known: nil, what: "only") {
                    rule.only.append(.init(column: condition.key, values: names(condition.value)))
                }
            }
        }
        for key in ["time", "prune_after"] where node.entries != nil && node[key] == nil {
            refuse(node, "\(table) has no \(key)", "Add it, or write \(table): keep.")
        }
        if rule.keepNewest == 0, let per = node["per"] {
            refuse(
                per, "per makes groups for keep_newest, which is missing", "Add keep_newest, or remove per.")
        }
        return faults.count == before ? rule : nil
    }

    // MARK: Rules about values

    private mutating func check(_ policy: TimeTablePolicy, _ node: YAMLNode) {
        for fault in PolicyRules.faults(of: policy) {
            refuse(node[fault.key] ?? node, "\(policy.table): \(fault.what)", fault.remedy)
        }
    }

    private mutating func checkSeriesOfFamilies(_ profile: RetentionProfile) {
        for fault in PolicyRules.familyFaults(of: profile) {
            let table = document.root["time_tables"]?[fault.table]
            refuse(table?["drop_after"] ?? table ?? document.root, fault.what, fault.remedy)
        }
    }

    // MARK: Values

    private mutating func entries(of node: YAMLNode, known: [String]?, what: String) -> [YAMLEntry] {
        guard let entries = node.entries else {
            refuse(node, "\(what) must be a mapping (key: value), not \(node.kind)")
            return []
        }
        guard let known else { return entries }
        return entries.filter { entry in
            if known.contains(entry.key) { return true }
            faults.append(
                document.refusal(
                    of: entry, "unknown key \"\(entry.key)\" in \(what)",
                    remedy: Spelling.remedy(for: entry.key, among: known)))
            return false
        }
    }

    private mutating func text(_ node: YAMLNode) -> String? {
        if let scalar = node.scalar, !scalar.isNull, !scalar.text.isEmpty { return scalar.text }
        refuse(node, "a word was expected, not \(node.kind)")
        return nil
    }

    private mutating func span(_ node: YAMLNode) -> TimeSpan? {
        if let scalar = node.scalar, let span = TimeSpan(scalar.text) { return span }
        let found = node.scalar.map { "\"\($0.text)\"" } ?? node.kind
        refuse(node, "\(found) is not a length of time", "Write a whole number and s, m, h, d, w or y: 30d.")
        return nil
    }

    private mutating func spanOrNever(_ node: YAMLNode) -> TimeSpan? {
        if let scalar = node.scalar, scalar.text == "never" { return nil }
        return span(node)
    }

    private mutating func yesOrNo(_ node: YAMLNode) -> Bool? {
        switch node.scalar?.text {
        case "yes", "true": return true
        case "no", "false": return false
        default:
            refuse(node, "yes or no was expected")
            return nil
        }
    }

    private mutating func count(_ node: YAMLNode) -> Int? {
        let bounds = 1...PolicyLimits.keepNewestMax
        if let text = node.scalar?.text, let count = Int(text), bounds.contains(count) { return count }
        refuse(node, "a whole number from 1 to \(bounds.upperBound) was expected")
        return nil
    }

    private mutating func names(_ node: YAMLNode) -> [String] {
        guard let elements = node.elements, !elements.isEmpty else {
            refuse(node, "a list of names was expected, not \(node.kind)", "Write [symbol, timeframe].")
            return []
        }
        return elements.compactMap { text($0) }
    }

    private mutating func orderColumns(_ node: YAMLNode) -> [TimeTablePolicy.OrderColumn] {
        names(node).map { name in
            name.hasSuffix(" desc") ? .init(String(name.dropLast(5)), isDescending: true) : .init(name)
        }
    }
}
