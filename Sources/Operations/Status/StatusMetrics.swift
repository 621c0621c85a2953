/// What the database tells, as metrics.
package enum StatusMetrics {
    package static func families(_ status: DatabaseStatus) -> [MetricFamily] {
        var families = [
            MetricFamily(
                "yeoul_trades_per_second", .gauge, "Stored trades a second, over the last ten.",
                status.tradesPerSecond),
            MetricFamily("yeoul_markets", .gauge, "Markets that are not delisted.", Double(status.markets)),
            MetricFamily(
                "yeoul_gaps", .gauge, "Recorded gaps that are not filled, by status.",
                [
                    MetricSample(Double(status.openGaps), [MetricLabel("status", "open")]),
                    MetricSample(Double(status.unfillableGaps), [MetricLabel("status", "unfillable")]),
                ]),
            MetricFamily(
                "yeoul_repairs_open", .gauge, "Candles and indicators under repair.",
                Double(status.openRepairs)),
            MetricFamily(
                "yeoul_proof_checked_seconds", .gauge,
                "Market time of the last day that was compared with the exchange.",
                status.proof.map { MetricSample($0.checkedSeconds, [MetricLabel("method", $0.method)]) }),
            MetricFamily(
                "yeoul_proof_proven_seconds", .gauge, "Market time of the last day that is proven.",
                status.proof.map { MetricSample($0.provenSeconds, [MetricLabel("method", $0.method)]) }),
            MetricFamily(
                "yeoul_proof_different", .gauge, "Ranges of the last day that differ from the exchange.",
                status.proof.map { MetricSample(Double($0.different), [MetricLabel("method", $0.method)]) }),
            MetricFamily(
                "yeoul_simulated", .gauge, "1 when the data comes from the built-in exchange.",
                status.simulated ? 1 : 0),
        ]
        if let age = status.newestTradeAgeSeconds {
            families.append(
                MetricFamily("yeoul_newest_trade_age_seconds", .gauge, "Age of the newest trade.", age))
        }
        let latencies = [("50", status.latencyP50Milliseconds), ("99", status.latencyP99Milliseconds)]
        families.append(
            MetricFamily(
                "yeoul_trade_receive_latency_seconds", .gauge,
                "From the exchange's clock to ours, of the last ten seconds' trades, by percentile.",
                latencies.compactMap { percentile, value in
                    value.map { MetricSample($0 / 1_000, [MetricLabel("percentile", percentile)]) }
                }))
        return families
    }

    package static func families(_ sizes: DatabaseSizes) -> [MetricFamily] {
        var families = [
            MetricFamily(
                "yeoul_database_bytes", .gauge, "Size of the database.", Double(sizes.databaseBytes)),
            MetricFamily(
                "yeoul_table_bytes", .gauge, "Size of each time table with its indexes.",
                sizes.tables.map { MetricSample(Double($0.bytes), [MetricLabel("table", $0.table)]) }),
            MetricFamily(
                "yeoul_table_parts", .gauge, "Chunks or partitions of each time table.",
                sizes.tables.map { MetricSample(Double($0.parts), [MetricLabel("table", $0.table)]) }),
        ]
        if let ratio = sizes.compressionRatio {
            families.append(
                MetricFamily(
                    "yeoul_compression_ratio", .gauge, "Bytes before compression by bytes after it.", ratio))
        }
        return families
    }

    /// What the roles publish, each with its name, and whether it is fresh.
    package static func families(
        _ roles: [RoleStatus], nowUnixMilliseconds now: Int64
    ) -> [MetricFamily] {
        let fresh = roles.map { role in
            let isUp = role.state != "stopped" && !role.isStale(nowUnixMilliseconds: now)
            return MetricSample(isUp ? 1 : 0, [MetricLabel("role", role.role)])
        }
        let up = MetricFamily("yeoul_role_up", .gauge, "1 while a role of this host runs.", fresh)
        return [up]
            + roles.filter { !$0.isStale(nowUnixMilliseconds: now) }.flatMap { role in
                role.metrics.map { $0.labelled(MetricLabel("role", role.role)) }
            }
    }
}
