import Capture
import Journal
import Operations

/// A running capture as metrics, and in words what is wrong with it. Pure.
///
/// Labels come from closed sets of the program: stages, tables, states, reasons, groups of limits.
enum CaptureMetrics {
    static let messagesPerSecond = "yeoul_capture_messages_per_second"
    static let tradesPerSecond = "yeoul_capture_trades_per_second"
    static let rowsPerSecond = "yeoul_capture_rows_per_second"
    static let recentLag = "yeoul_capture_lag_seconds"
    static let shownPercentile = "99"
    static let gaps = "yeoul_capture_gaps"
    static let proven = "yeoul_capture_proven_ratio"
    static let connections = "yeoul_capture_connections"
    static let connectionEnds = "yeoul_capture_connection_ends_total"
    static let duplicates = "yeoul_capture_duplicates_total"
    static let late = "yeoul_capture_late_trades_total"
    static let fetched = "yeoul_capture_fetched_trades_total"
    static let quarantined = "yeoul_capture_quarantined_total"
    static let backlog = "yeoul_journal_backlog_frames"
    static let uncommitted = "yeoul_journal_uncommitted_bytes"
    static let journalBytes = "yeoul_journal_bytes"
    static let banned = "yeoul_rest_banned_seconds"
    static let budget = "yeoul_rest_calls_free"

    static func families(_ sample: CaptureSample) -> [MetricFamily] {
        rates(sample) + rows(sample) + latencies(sample) + JournalMetrics.families(sample)
            + connections(sample) + proof(sample) + rest(sample) + process()
    }

    /// What a person would want to know, in sentences.
    static func reasons(_ sample: CaptureSample) -> [String] {
        var reasons: [String] = []
        if !sample.figures.isStoring { reasons.append("the database takes no rows; the journal keeps them") }
        switch sample.journal.state {
        case .normal: break
        case .alarm: reasons.append("the journal nears a bound, or its disk fails")
        case .full: reasons.append("the journal is full: nothing is captured")
        }
        let live = sample.sessions.count { $0.state == .live || $0.state == .stale }
        if live == 0 { reasons.append("no connection to the exchange is live") }
        if sample.slow.bannedSeconds > 0 {
            let seconds = Int(sample.slow.bannedSeconds.rounded(.up))
            reasons.append("the exchange has banned this address for \(seconds) s more")
        }
        return reasons
    }

    private static func rates(_ sample: CaptureSample) -> [MetricFamily] {
        let rates = sample.slow.rates
        return [
            MetricFamily(
                messagesPerSecond, .gauge, "Messages received a second, over the last ten.",
                rates.messagesPerSecond),
            MetricFamily(
                tradesPerSecond, .gauge, "Trades committed a second, over the last ten.",
                rates.tradesPerSecond),
            MetricFamily(
                rowsPerSecond, .gauge, "Rows committed a second, over the last ten.", rates.rowsPerSecond),
        ]
    }

    private static func rows(_ sample: CaptureSample) -> [MetricFamily] {
        let figures = sample.figures
        return [
            MetricFamily(
                "yeoul_capture_rows_total", .counter, "Rows committed by this process.",
                [
                    MetricSample(Double(figures.trades), [MetricLabel("table", "transactions")]),
                    MetricSample(Double(figures.tickers), [MetricLabel("table", "tickers")]),
                    MetricSample(Double(figures.orderBooks), [MetricLabel("table", "orderbooks")]),
                ]),
            MetricFamily(
                "yeoul_capture_commits_total", .counter, "Transactions of this process.",
                Double(figures.commits)),
            MetricFamily(
                "yeoul_capture_commit_failures_total", .counter, "Transactions and connects that failed.",
                Double(figures.failures)),
            MetricFamily(
                "yeoul_capture_storing", .gauge, "1 while the database takes rows from this process.",
                figures.isStoring ? 1 : 0),
            MetricFamily(
                duplicates, .counter, "Copies of trades, by where they were found out.",
                [
                    MetricSample(Double(figures.copies), [MetricLabel("found", "memory")]),
                    MetricSample(Double(figures.duplicates), [MetricLabel("found", "database")]),
                ]),
            MetricFamily(
                late, .counter,
                "Stored trades that the stream brought five seconds after their time or later.",
                Double(figures.late)),
            MetricFamily(fetched, .counter, "Stored trades that REST brought.", Double(figures.fetched)),
            MetricFamily(
                quarantined, .counter, "Messages and rows that were put aside, by reason.",
                QuarantineReason.allCases.map {
                    MetricSample(
                        Double(figures.quarantinedBy[$0] ?? 0), [MetricLabel("reason", $0.rawValue)])
                }),
        ]
    }

    private static func latencies(_ sample: CaptureSample) -> [MetricFamily] {
        let stages =
            LagSamples.of(sample.figures.receipt, "receipt")
            + LagSamples.of(sample.journal.syncWaits, "journal")
            + LagSamples.of(sample.figures.lag, "commit")
        let recent = sample.slow.rates.lag
        let percentiles = [("50", 0.5), (shownPercentile, 0.99)].compactMap { name, share in
            recent.microseconds(atShare: share).map {
                MetricSample(Double($0) / 1_000_000, [MetricLabel("percentile", name)])
            }
        }
        return [
            MetricFamily(
                "yeoul_capture_latency_seconds", .histogram,
                "From the exchange's time to our receipt (receipt), from there to the disk (journal), from "
                    + "receipt to the commit (commit).", stages),
            MetricFamily(
                recentLag, .gauge, "From receipt to commit in the last ten seconds, by percentile.",
                percentiles),
            MetricFamily(
                "yeoul_capture_clock_offset_seconds", .gauge,
                "The exchange's clock ahead of ours, as its messages tell.", sample.clockOffsetSeconds),
        ]
    }

    private static func connections(_ sample: CaptureSample) -> [MetricFamily] {
        let sessions = sample.sessions
        let oldest = sessions.compactMap(\.dataAgeMilliseconds).max()
        return [
            MetricFamily(
                "yeoul_capture_messages_total", .counter, "Messages received by this process.",
                Double(sessions.reduce(0) { $0 + $1.tally.messages })),
            MetricFamily(
                "yeoul_capture_received_bytes_total", .counter, "Bytes of these messages.",
                Double(sessions.reduce(0) { $0 + $1.tally.bytes })),
            MetricFamily(
                connections, .gauge, "Connections to the exchange, by state.",
                SessionState.allCases.map { state in
                    MetricSample(
                        Double(sessions.count { $0.state == state }), [MetricLabel("state", state.rawValue)])
                }),
            MetricFamily(
                "yeoul_capture_connections_opened_total", .counter, "Times a connection became live.",
                Double(sessions.reduce(0) { $0 + $1.tally.opened })),
            MetricFamily(
                connectionEnds, .counter, "Times a connection ended, by reason; a reconnect follows each.",
                SessionEnd.allCases.map { end in
                    MetricSample(
                        Double(sessions.reduce(0) { $0 + ($1.tally.ends[end] ?? 0) }),
                        [MetricLabel("reason", end.rawValue)])
                }),
            MetricFamily(
                "yeoul_capture_subscriptions_refused", .gauge, "Markets' channels that the exchange refuses.",
                Double(sessions.reduce(0) { $0 + $1.refusedCount })),
        ]
            + (oldest.map {
                [
                    MetricFamily(
                        "yeoul_capture_data_age_seconds", .gauge,
                        "Since market data came, on the connection that is silent for longest.",
                        Double($0) / 1_000)
                ]
            } ?? [])
    }

    private static func process() -> [MetricFamily] {
        let labels = [MetricLabel("version", Version.number), MetricLabel("commit", Version.commit)]
        return [
            MetricFamily(
                "yeoul_build_info", .gauge, "1, with the version and the commit of the program.",
                [MetricSample(1, labels)])
        ] + ProcessMetrics.families()
    }
}
