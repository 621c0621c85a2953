import Database
import Market

extension Timestamp {
    init(_ instant: Instant) { self.init(microseconds: instant.microseconds) }
}

extension Row {
    func instant(_ column: String) throws(DatabaseError) -> Instant {
        Instant(microseconds: try value(column, as: Timestamp.self).microseconds)
    }

    /// A number with at most as many decimals as the type has.
    func decimal<Value: FixedPoint>(_ column: String, as: Value.Type = Value.self) throws -> Value {
        try Self.decimal(try value(column, as: Numeric.self), column)
    }

    /// The same, nil for NULL.
    func optionalDecimal<Value: FixedPoint>(_ column: String, as: Value.Type = Value.self) throws -> Value? {
        try optional(column, as: Numeric.self).map { try Self.decimal($0, column) }
    }

    static func decimal<Value: FixedPoint>(
        _ numeric: Numeric, _ column: String, as: Value.Type = Value.self
    ) throws -> Value {
        var unscaled = numeric.unscaled
        for _ in 0..<max(0, Value.scale - numeric.scale) {
            let (product, overflow) = unscaled.multipliedReportingOverflow(by: 10)
            guard !overflow else { throw misfit(column) }
            unscaled = product
        }
        for _ in 0..<max(0, numeric.scale - Value.scale) {
            let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { throw misfit(column) }
            unscaled = quotient
        }
        return Value(unscaled: unscaled)
    }

    private static func misfit(_ column: String) -> StorageError {
        StorageError(
            .unexpected, "a stored number has more digits than any that was written", place: column,
            remedy: "Find out who else writes into the tables of market data")
    }
}
