import Capture
import Operations
import Storage
import Upbit

extension CaptureMetrics {
    static func proof(_ sample: CaptureSample) -> [MetricFamily] {
        var families = [
            MetricFamily(
                gaps, .gauge,
                "Recorded gaps that are not filled; before the database was asked, those known here.",
                Double(sample.slow.account.map { $0.gapsOpen + $0.gapsUnfillable } ?? Int64(sample.gapsOpen))
            )
        ]
        if let fraction = sample.slow.account?.provenFraction {
            families.append(
                MetricFamily(
                    proven, .gauge, "The proven part of the market time compared in 24 hours.", fraction))
        }
        if let figures = sample.slow.proof {
            families += [
                MetricFamily(
                    "yeoul_proof_ranges_total", .counter, "Ranges that were judged, by what came out.",
                    ProofStatus.allCases.map {
                        MetricSample(
                            Double(figures.ranges[$0] ?? 0), [MetricLabel("status", $0.rawValue)])
                    }),
                MetricFamily(
                    "yeoul_proof_candle_calls_total", .counter, "Pages of candles that were asked for.",
                    Double(figures.candleCalls)),
                MetricFamily(
                    "yeoul_proof_candles_total", .counter,
                    "Candles of a minute that were compared.",
                    Double(figures.minutes)),
                MetricFamily(
                    "yeoul_proof_windows_total", .counter, "Windows that were compared by ticker sums.",
                    Double(figures.windows)),
                MetricFamily(
                    "yeoul_proof_alarms_total", .counter, "Differences that repairs did not remove.",
                    Double(figures.alarms)),
                MetricFamily(
                    "yeoul_proof_disputes", .gauge, "Differences that are being looked into.",
                    Double(sample.slow.disputes)),
            ]
        }
        if let figures = sample.slow.refill {
            families += [
                MetricFamily(
                    "yeoul_refill_pages_total", .counter, "Pages of trades that were fetched.",
                    Double(figures.pages)),
                MetricFamily(
                    "yeoul_refill_failures_total", .counter, "Fetches that failed.", Double(figures.failures)),
                MetricFamily(
                    "yeoul_refill_trades_total", .counter, "Missing trades that were fetched.",
                    Double(figures.tradesFilled)),
                MetricFamily(
                    "yeoul_refill_gaps_total", .counter, "Gaps that came to an end, by which.",
                    [
                        MetricSample(Double(figures.filled), [MetricLabel("end", "filled")]),
                        MetricSample(Double(figures.unfillable), [MetricLabel("end", "unfillable")]),
                    ]),
            ]
        }
        return families
    }

    static func rest(_ sample: CaptureSample) -> [MetricFamily] {
        let pool = sample.pool
        return [
            MetricFamily(
                budget, .gauge, "REST and WebSocket calls that the exchange's limits allow now, by group.",
                sample.slow.budgets.map {
                    MetricSample(Double($0.free), [MetricLabel("group", $0.group.description)])
                }),
            MetricFamily(
                "yeoul_rest_stopped_seconds", .gauge,
                "How long a group is stopped by the exchange, by group.",
                sample.slow.budgets.map {
                    MetricSample($0.stoppedSeconds, [MetricLabel("group", $0.group.description)])
                }),
            MetricFamily(
                banned, .gauge, "How long the exchange has banned this address still.",
                sample.slow.bannedSeconds),
            MetricFamily(
                "yeoul_pool_connections", .gauge, "Database connections of this server, by state.",
                [
                    MetricSample(Double(pool.idle), [MetricLabel("state", "idle")]),
                    MetricSample(Double(pool.connections - pool.idle), [MetricLabel("state", "used")]),
                ]),
        ]
    }
}
