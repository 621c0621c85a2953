import Diagnostics
import Market
import Storage

extension ProofReport {
    /// For people.
    package var text: String {
        guard !lines.isEmpty else {
            return "Nothing was compared since \(since): run yeoul capture, and look again in some minutes.\n"
        }
        var text = "Compared since \(since)\n\n"
        text += Self.row("market", "by", ProofStatus.allCases.map(\.rawValue)) + "\n"
        for line in lines {
            let cells = ProofStatus.allCases.map { Self.duration(line.seconds[$0] ?? 0) }
            text += Self.row(line.symbol.description, line.method.rawValue, cells) + "\n"
        }
        text += section("different, the worst first", different.map(Self.words))
        text += section(
            "changed since it was proven",
            drifts.map {
                "\($0.range.symbol)  \($0.range.interval.lowerBound) – \($0.range.interval.upperBound): "
                    + "volume \($0.range.ours.volume) when proven, \($0.now.volume) now"
            })
        text += section("repaired", repaired.map(Self.words))
        text += section("unprovable", unprovable.map(Self.words))
        text += section(
            "gaps that cannot be filled",
            gaps.filter { $0.status == .unfillable && !Self.isBeforeCapture($0) }.map {
                "\($0.symbol)  \($0.interval.lowerBound) – \($0.interval.upperBound): \($0.reason)"
            })
        let begun = gaps.count(where: Self.isBeforeCapture)
        if begun > 0 {
            text += "\nOf \(begun) markets the capture began in this time: what was traded before it is not "
            text += "stored (yeoul gaps: before_capture).\n"
        }
        let open = gapCount(.open)
        if open > 0 { text += "\n\(open) gaps are open and being filled.\n" }
        return text + "\n" + summary + "\n"
    }

    /// One sentence.
    package var summary: String {
        isSound
            ? "Nothing differs from the exchange's figures."
            : "\(different.count) ranges differ, and \(drifts.count) have changed since they were proven."
    }

    private static func isBeforeCapture(_ gap: Gap) -> Bool { gap.reason == Gap.Reason.beforeCapture }

    private func section(_ title: String, _ lines: [String]) -> String {
        guard !lines.isEmpty else { return "" }
        var text = "\n\(lines.count) \(title):\n"
        for line in lines.prefix(Self.shownMax) { text += "  \(ControlCharacters.escaped(line))\n" }
        if lines.count > Self.shownMax { text += "  … and \(lines.count - Self.shownMax) more\n" }
        return text
    }

    private static func words(_ range: ReconciledRange) -> String {
        let difference = range.ours - range.exchange
        let repairs = range.attempts == 0 ? "" : ", \(range.attempts) repairs"
        return "\(range.symbol)  \(range.interval.lowerBound) – \(range.interval.upperBound) by "
            + "\(range.method.rawValue): ours less theirs is \(difference.volume) in volume, "
            + "\(difference.value) in value\(repairs)"
    }

    private static func row(_ market: String, _ method: String, _ cells: [String]) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        var text = padded(market, 14) + padded(method, 8)
        for cell in cells { text += padded(cell, 14) }
        while text.last == " " { text.removeLast() }
        return text
    }

    private static func duration(_ seconds: Int64) -> String {
        if seconds == 0 { return "–" }
        if seconds < 60 { return "\(seconds)s" }
        let minutes = seconds / 60
        return minutes < 60 ? "\(minutes)m" : "\(minutes / 60)h \(minutes % 60)m"
    }
}

extension ProofReport {
    /// For programs.
    package var json: String {
        var parts = ["\"since\":\(JSONText.quoted(since.description))", "\"sound\":\(isSound)"]
        let totals = ProofStatus.allCases.map {
            "\"\($0.rawValue)\":{\"ranges\":\(count($0)),\"seconds\":\(seconds($0))}"
        }
        parts.append("\"totals\":{\(totals.joined(separator: ","))}")
        let gapTotals = GapStatus.allCases.map { "\"\($0.rawValue)\":\(gapCount($0))" }
        parts.append("\"gaps\":{\(gapTotals.joined(separator: ","))}")
        let markets = lines.map { line in
            let statuses = ProofStatus.allCases.map { "\"\($0.rawValue)\":\(line.seconds[$0] ?? 0)" }
            return
                "{\"market\":\(JSONText.quoted(line.symbol.description)),\"method\":\"\(line.method.rawValue)\""
                + ",\"seconds\":{\(statuses.joined(separator: ","))}}"
        }
        parts.append("\"markets\":[\(markets.joined(separator: ","))]")
        for (name, ranges) in [
            ("different", different), ("repaired", repaired), ("unprovable", unprovable),
        ] {
            let shown = ranges.prefix(Self.shownMax).map(Self.json)
            parts.append("\"\(name)\":[\(shown.joined(separator: ","))]")
        }
        let changed = drifts.prefix(Self.shownMax).map {
            "{\"range\":\(Self.json($0.range)),\"now_volume\":\"\($0.now.volume)\",\"now_value\":\"\($0.now.value)\"}"
        }
        parts.append("\"changed\":[\(changed.joined(separator: ","))]")
        return "{\(parts.joined(separator: ","))}\n"
    }

    private static func json(_ range: ReconciledRange) -> String {
        "{\"market\":\(JSONText.quoted(range.symbol.description)),\"method\":\"\(range.method.rawValue)\""
            + ",\"from\":\"\(range.interval.lowerBound)\",\"to\":\"\(range.interval.upperBound)\""
            + ",\"our_volume\":\"\(range.ours.volume)\",\"exchange_volume\":\"\(range.exchange.volume)\""
            + ",\"our_value\":\"\(range.ours.value)\",\"exchange_value\":\"\(range.exchange.value)\""
            + ",\"attempts\":\(range.attempts)}"
    }
}
