/// What must hold for a profile whatever the state of the database.
enum PolicyRules {
    struct Fault {
        /// The key in the file that is wrong.
        var key: String
        var what: String
        var remedy: String
    }

    struct FamilyFault {
        var table: String
        var what: String
        var remedy: String
    }

    static func faults(of policy: TimeTablePolicy) -> [Fault] {
        lengthFaults(of: policy) + dropFaults(of: policy) + columnstoreFaults(of: policy)
    }

    private static func lengthFaults(of policy: TimeTablePolicy) -> [Fault] {
        var faults: [Fault] = []
        if policy.chunk < PolicyLimits.chunkMin || policy.chunk > PolicyLimits.chunkMax {
            faults.append(
                Fault(
                    key: "chunk", what: "a chunk of \(policy.chunk) is out of bounds",
                    remedy: "Take \(PolicyLimits.chunkMin) to \(PolicyLimits.chunkMax)."))
        } else if let drop = policy.dropAfter, drop.seconds / policy.chunk.seconds > PolicyLimits.chunksMax {
            faults.append(
                Fault(
                    key: "chunk", what: "\(drop) in chunks of \(policy.chunk) are too many chunks",
                    remedy: "Take longer chunks: at most \(PolicyLimits.chunksMax) are kept."))
        }
        if policy.table.hasPrefix("candles") || policy.table.hasPrefix("technical"), policy.indexAfter != nil
        {
            faults.append(
                Fault(
                    key: "index_after", what: "the key of candles and indicators begins with the symbol",
                    remedy: "Remove index_after: it is for raw data."))
        }
        return faults
    }

    private static func dropFaults(of policy: TimeTablePolicy) -> [Fault] {
        var faults: [Fault] = []
        if policy.isArchived && policy.dropAfter == nil {
            faults.append(
                Fault(
                    key: "archive", what: "a chunk is archived when it is dropped, and none ever is",
                    remedy: "Set drop_after, or archive: no."))
        }
        guard let drop = policy.dropAfter else { return faults }
        if drop < PolicyLimits.refillHorizon {
            faults.append(
                Fault(
                    key: "drop_after",
                    what: "\(drop) is shorter than writers take rows for, so that trades can be refilled",
                    remedy: "Keep at least \(PolicyLimits.refillHorizon)."))
        }
        if drop < policy.chunk {
            faults.append(
                Fault(
                    key: "drop_after", what: "\(drop) is shorter than a chunk (\(policy.chunk))",
                    remedy: "Take a shorter chunk, or keep longer."))
        }
        if let index = policy.indexAfter, index >= drop {
            faults.append(
                Fault(
                    key: "index_after",
                    what: "the index after \(index) comes when the data is gone (\(drop))",
                    remedy: "Make it earlier, or write never."))
        }
        return faults
    }

    private static func columnstoreFaults(of policy: TimeTablePolicy) -> [Fault] {
        guard let compress = policy.compressAfter else { return [] }
        var faults: [Fault] = []
        let horizon =
            policy.table == "transactions" ? PolicyLimits.refillHorizon : PolicyLimits.refillReach
        if PolicyTables.isRefilled(policy.table), compress < horizon {
            faults.append(
                Fault(
                    key: "compress_after",
                    what: "rows may still change or come in when they are compressed after \(compress)",
                    remedy: "Compress after \(horizon) at the earliest: before, trades can be refilled."))
        }
        if let drop = policy.dropAfter, compress >= drop {
            faults.append(
                Fault(
                    key: "compress_after", what: "\(compress) comes when the data is gone (\(drop))",
                    remedy: "Make it earlier, or write never."))
        }
        if policy.orderBy.isEmpty || policy.segmentBy.isEmpty {
            faults.append(
                Fault(
                    key: "compress_after", what: "the columnstore needs segment_by and order_by",
                    remedy: "Add segment_by: [symbol] and order_by: [time]."))
        }
        let columns = policy.segmentBy + policy.orderBy.map(\.name)
        if Set(columns).count != columns.count {
            faults.append(
                Fault(
                    key: "order_by", what: "a column stands twice in segment_by and order_by",
                    remedy: "Name each once."))
        }
        return faults
    }

    /// Larger candles are made of smaller ones, and indicators of their candles.
    static func familyFaults(of profile: RetentionProfile) -> [FamilyFault] {
        var faults: [FamilyFault] = []
        func keeps(_ table: String) -> TimeSpan? {
            guard let policy = profile.timeTable(table) else { return TimeSpan(seconds: 0) }
            return policy.dropAfter
        }
        if let drop = keeps("candles_intraday"), drop < PolicyLimits.intradayKeepMin {
            faults.append(
                FamilyFault(
                    table: "candles_intraday",
                    what: "candles_intraday keeps \(drop), less than a month needs",
                    remedy: "The candle of a month is made of them: keep at least "
                        + "\(PolicyLimits.intradayKeepMin)."))
        }
        for family in ["seconds", "intraday", "long"] {
            let (candles, indicators) = ("candles_\(family)", "technical_indicators_\(family)")
            guard let kept = keeps(candles) else { continue }
            if (keeps(indicators) ?? TimeSpan(seconds: .max)) > kept {
                faults.append(
                    FamilyFault(
                        table: indicators, what: "\(indicators) outlives \(candles), which it is made of",
                        remedy: "Keep it at most \(kept), or the candles longer."))
            }
        }
        return faults
    }
}
