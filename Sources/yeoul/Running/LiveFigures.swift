import Capture
import Diagnostics
import Operations

/// What the live line shows: rate, lag, gaps, proof, and what is wrong. Pure.
struct LiveFigures: Sendable, Equatable {
    var tradesPerSecond: Double
    var lagSeconds: Double?
    var gaps: Int
    /// nil: nothing was compared yet, or nobody knows.
    var provenFraction: Double?
    var notes: [String] = []

    var text: String {
        var parts = ["\(Amounts.grouped(Int(tradesPerSecond.rounded()))) trades/s"]
        parts.append("lag p99 " + (lagSeconds.map { Amounts.shown(Int64($0 * 1_000_000)) } ?? "–"))
        parts.append("gaps \(gaps)")
        parts.append("proof " + (provenFraction.map(StatusText.percent) ?? "–"))
        return (parts + notes.map { ControlCharacters.escaped($0) }).joined(separator: " · ")
    }

    init(_ sample: CaptureSample) {
        tradesPerSecond = sample.slow.rates.tradesPerSecond
        lagSeconds = sample.slow.rates.lag.microseconds(atShare: 0.99).map { Double($0) / 1_000_000 }
        gaps = sample.slow.account.map { Int($0.gapsOpen + $0.gapsUnfillable) } ?? sample.gapsOpen
        provenFraction = sample.slow.account?.provenFraction
        notes = CaptureMetrics.reasons(sample)
    }

    /// From the word of a capture in another process; nil when it has none that is fresh.
    init?(_ roles: [RoleStatus], nowUnixMilliseconds now: Int64) {
        guard let capture = roles.first(where: { $0.role == "capture" }), capture.state != "stopped",
            !capture.isStale(nowUnixMilliseconds: now),
            let rate = capture.value(of: CaptureMetrics.tradesPerSecond)
        else { return nil }
        tradesPerSecond = rate
        lagSeconds = capture.value(
            of: CaptureMetrics.recentLag, where: MetricLabel("percentile", CaptureMetrics.shownPercentile))
        gaps = Int(capture.value(of: CaptureMetrics.gaps) ?? 0)
        provenFraction = capture.value(of: CaptureMetrics.proven)
        notes = capture.reasons
    }
}
