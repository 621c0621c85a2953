import Diagnostics
import Operations

/// `yeoul status` for people and for programs. Pure.
enum StatusText {
    static func text(_ report: StatusReport) -> String {
        var text = ""
        func line(_ name: String, _ value: String) {
            text += name + String(repeating: " ", count: max(1, 10 - name.count)) + value + "\n"
        }
        if let status = report.status {
            let word = ["live": "live", "stale": "STALE", "empty": "no trade is stored yet"]
            line(
                "state",
                "\(word[status.freshness] ?? status.freshness), \(status.exchange)"
                    + (status.simulated ? ", simulated data" : ""))
            line(
                "trades",
                "\(fixed(status.tradesPerSecond, 1))/s, newest \(age(status.newestTradeAgeSeconds)) old, lag p50 "
                    + "\(milliseconds(status.latencyP50Milliseconds)), p99 "
                    + milliseconds(status.latencyP99Milliseconds))
            line("markets", "\(status.markets)")
            line(
                "gaps",
                "\(status.openGaps) open, \(status.unfillableGaps) unfillable; \(status.openRepairs) repairs open"
            )
            if status.proof.isEmpty { line("proof", "nothing was compared in the last 24 hours") }
            for proof in status.proof {
                line(
                    "proof",
                    "\(proof.method): \(percent(proof.fraction)) of \(age(proof.checkedSeconds)) of market time in "
                        + "24 hours, \(proof.different) different")
            }
        } else {
            line("database", "does not run")
        }
        for role in report.roles {
            line(role.role, self.role(role, report.nowUnixMilliseconds))
            guard role.role == "capture" else { continue }
            for (name, value) in CaptureText.lines(role) { line("  " + name, value) }
        }
        if !report.roles.contains(where: { $0.role == "capture" }) { line("capture", "has not run here") }
        if let status = report.status, let sizes = report.sizes {
            let ratio = sizes.compressionRatio.map { ", compressed \(fixed($0, 1)) times" } ?? ""
            line(
                "database",
                "\(bytes(sizes.databaseBytes)), engine \(status.engine), schema \(status.schemaVersion)\(ratio)"
            )
            for table in sizes.tables where table.bytes > 0 {
                line(
                    "",
                    "\(table.table): \(bytes(table.bytes)) in \(table.parts) \(table.parts == 1 ? "part" : "parts")"
                )
            }
            for policy in sizes.policies {
                line(
                    "",
                    "\(policy.policy) of \(policy.table): \(policy.lastRun ?? "has not run yet")"
                        + (policy.scheduled ? "" : ", paused"))
            }
        }
        return text + markets(report.markets)
    }

    private static func role(_ role: RoleStatus, _ now: Int64) -> String {
        let uptime = age(Double(now - role.startedUnixMilliseconds) / 1_000)
        let silence = age(Double(now - role.updatedUnixMilliseconds) / 1_000)
        var text =
            role.state == "stopped"
            ? "stopped \(silence) ago"
            : role.isStale(nowUnixMilliseconds: now)
                ? "SILENT for \(silence): it ended or is stuck (process \(role.pid))"
                : "\(ControlCharacters.escaped(role.state)) since \(uptime), process \(role.pid)"
        // What ailed it is over, or is told by its end.
        if role.state == "stopped" { return text }
        for reason in role.reasons { text += "; \(ControlCharacters.escaped(reason))" }
        return text
    }

    private static func markets(_ markets: [StatusReport.Market]) -> String {
        if markets.isEmpty { return "" }
        let width = markets.map(\.symbol.count).max() ?? 0
        func cell(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        var text =
            "\n" + String(repeating: " ", count: width)
            + "  last trade  indicators  trades/min  gaps   proven\n"
        for market in markets {
            text += market.symbol + String(repeating: " ", count: width - market.symbol.count)
            text += cell(age(market.candleAgeSeconds), 12) + cell(age(market.indicatorAgeSeconds), 12)
            text += cell(market.tradesPerMinute.map { String($0) } ?? "–", 12)
            text += cell(String(market.openGaps), 6) + cell(percent(market.provenFraction), 9) + "\n"
        }
        return text
    }

    static func age(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return "–" }
        switch seconds {
        case ..<10: return "\(fixed(max(0, seconds), 1)) s"
        case ..<120: return "\(Int(seconds)) s"
        case ..<7_200: return "\(Int(seconds / 60)) min"
        case ..<172_800: return "\(Int(seconds / 3_600)) h"
        default: return "\(Int(min(seconds, 1e12) / 86_400)) days"
        }
    }

    private static func milliseconds(_ value: Double?) -> String {
        value.map { "\(fixed($0, 0)) ms" } ?? "–"
    }

    static func percent(_ fraction: Double?) -> String {
        // Rounded down: what is not wholly proven never reads 100 %.
        fraction.map { "\(fixed(($0 * 10_000).rounded(.down) / 100, 2)) %" } ?? "–"
    }

    static func bytes(_ bytes: Int64) -> String { ServerDescription.shown(bytes: bytes) }

    /// With so many decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let units = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && units > 0 ? "-" : ""
        if decimals == 0 { return "\(sign)\(units)" }
        let fraction = String(units % Int64(scale))
        return
            "\(sign)\(units / Int64(scale)).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}

extension StatusReport {
    var json: String {
        let roles = self.roles.map { role in
            let figures = role.series.filter { $0.value.isFinite }
                .map { "\(JSONText.quoted($0.name)):\(PrometheusText.number($0.value))" }
            return "{\"role\":\(JSONText.quoted(role.role)),\"state\":\(JSONText.quoted(role.state)),"
                + "\"pid\":\(role.pid),\"stale\":\(role.isStale(nowUnixMilliseconds: nowUnixMilliseconds)),"
                + "\"updated_unix_milliseconds\":\(role.updatedUnixMilliseconds),"
                + "\"reasons\":[\(role.reasons.map { JSONText.quoted($0) }.joined(separator: ","))],"
                + "\"figures\":{\(figures.joined(separator: ","))}}"
        }
        func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "null" }
        let markets = self.markets.map { market in
            "{\"symbol\":\(JSONText.quoted(market.symbol)),"
                + "\"candle_age_seconds\":\(number(market.candleAgeSeconds)),"
                + "\"indicator_age_seconds\":\(number(market.indicatorAgeSeconds)),"
                + "\"trades_per_minute\":\(market.tradesPerMinute.map { String($0) } ?? "null"),"
                + "\"open_gaps\":\(market.openGaps),\"proven_fraction\":\(number(market.provenFraction))}"
        }
        let all =
            parts + ["\"roles\":[\(roles.joined(separator: ","))]"]
            + (markets.isEmpty ? [] : ["\"markets\":[\(markets.joined(separator: ","))]"])
        return "{\"database_runs\":\(status != nil),\(all.joined(separator: ","))}"
    }
}
