import Operations

/// What a capture says of itself, in lines for people. Pure.
enum CaptureText {
    /// Also the last words of one that is stopped or silent: the line above says how old they are.
    static func lines(_ role: RoleStatus) -> [(name: String, value: String)] {
        guard let messages = role.value(of: CaptureMetrics.messagesPerSecond) else { return [] }
        var lines = [
            (
                "rate",
                "\(amount(messages)) messages/s, \(amount(role.value(of: CaptureMetrics.tradesPerSecond))) trades/s, "
                    + "\(amount(role.value(of: CaptureMetrics.rowsPerSecond))) rows/s"
            ),
            (
                "lag",
                "receipt to commit p50 \(lag(role, "50")), p99 \(lag(role, CaptureMetrics.shownPercentile))"
            ),
            (
                "journal",
                "\(amount(role.value(of: CaptureMetrics.backlog))) frames wait, "
                    + "\(bytes(role, CaptureMetrics.journalBytes)) on disk, "
                    + "\(bytes(role, CaptureMetrics.uncommitted)) of it in use"
            ),
            ("sockets", sockets(role)),
            (
                "seen",
                "\(amount(role.value(of: CaptureMetrics.duplicates))) duplicates, "
                    + "\(amount(role.value(of: CaptureMetrics.late))) late, "
                    + "\(amount(role.value(of: CaptureMetrics.fetched))) fetched, "
                    + "\(amount(role.value(of: CaptureMetrics.quarantined))) in quarantine"
            ),
        ]
        if let rest = rest(role) { lines.append(("REST", rest)) }
        return lines
    }

    private static func sockets(_ role: RoleStatus) -> String {
        let all = samples(role, CaptureMetrics.connections)
        let live = all.filter { $0.label == "live" }.reduce(0) { $0 + $1.value }
        let total = all.reduce(0) { $0 + $1.value }
        let ends = samples(role, CaptureMetrics.connectionEnds).filter { $0.value > 0 }
            .sorted { $0.value > $1.value }
        let reasons = ends.map { "\($0.label) \(amount($0.value))" }.joined(separator: ", ")
        let ended = ends.reduce(0) { $0 + $1.value }
        return "\(amount(live)) of \(amount(total)) live, \(amount(ended)) ended"
            + (reasons.isEmpty ? "" : " (\(reasons))")
    }

    private static func rest(_ role: RoleStatus) -> String? {
        let free = samples(role, CaptureMetrics.budget).filter {
            ["crix-trades", "candles"].contains($0.label)
        }
        let banned = role.value(of: CaptureMetrics.banned) ?? 0
        if banned > 0 { return "banned for \(amount(banned.rounded(.up))) s more" }
        if free.isEmpty { return nil }
        return "calls free now: " + free.map { "\($0.label) \(amount($0.value))" }.joined(separator: ", ")
    }

    /// A family by its first label.
    private static func samples(_ role: RoleStatus, _ name: String) -> [(label: String, value: Double)] {
        (role.metrics.first { $0.name == name }?.samples ?? []).map {
            ($0.labels.first?.value ?? "", $0.value)
        }
    }

    private static func lag(_ role: RoleStatus, _ percentile: String) -> String {
        role.value(of: CaptureMetrics.recentLag, where: MetricLabel("percentile", percentile))
            .map { Amounts.shown(Int64(min($0, 1e9) * 1_000_000)) } ?? "–"
    }

    private static func bytes(_ role: RoleStatus, _ name: String) -> String {
        role.value(of: name).map { StatusText.bytes(Int64(min(max($0, 0), 1e18))) } ?? "–"
    }

    private static func amount(_ value: Double?) -> String {
        guard let value, value.isFinite, abs(value) < 1e15 else { return "–" }
        return Amounts.grouped(Int(value.rounded()))
    }
}
