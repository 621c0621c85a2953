import Database
import Indicators
import Market

/// Rows as one array a column, for `unnest`: one statement writes them all, planned once a session.
enum Columns {
    enum Kind: Sendable {
        case text, time, integer, number, double, flag

        var sql: String {
            switch self {
            case .text: "text"
            case .time: "timestamptz"
            case .integer: "bigint"
            case .number: "numeric"
            case .double: "double precision"
            case .flag: "boolean"
            }
        }

        func array(_ values: [DatabaseValue]) -> DatabaseValue {
            switch self {
            case .text: .textArray(values.map { if case .text(let text) = $0 { text } else { nil } })
            case .time:
                .timestampArray(
                    values.map {
                        if case .timestamp(let microseconds) = $0 {
                            Timestamp(microseconds: microseconds)
                        } else {
                            nil
                        }
                    })
            case .integer: .int64Array(values.map { if case .int64(let number) = $0 { number } else { nil } })
            case .number:
                .numericArray(
                    values.map {
                        if case .numeric(let unscaled, let scale) = $0 {
                            Numeric(unscaled: unscaled, scale: scale)
                        } else {
                            nil
                        }
                    })
            case .double:
                .doubleArray(values.map { if case .double(let number) = $0 { number } else { nil } })
            case .flag: .boolArray(values.map { if case .bool(let flag) = $0 { flag } else { nil } })
            }
        }
    }

    /// Names and kinds of the columns, in the order of the fields of a row.
    struct Layout: Sendable {
        let names: [String]
        let kinds: [Kind]

        init(_ columns: [(String, Kind)]) {
            names = columns.map(\.0)
            kinds = columns.map(\.1)
        }

        /// `unnest($1::text[], …) AS n (symbol, …)`
        var source: String {
            let arrays = kinds.enumerated().map { "$\($0.offset + 1)::\($0.element.sql)[]" }
            return "unnest(\(arrays.joined(separator: ", "))) AS n (\(names.joined(separator: ", ")))"
        }

        var list: String { names.joined(separator: ", ") }

        /// One parameter a column.
        func parameters(_ rows: [[DatabaseValue]]) -> [DatabaseValue] {
            kinds.enumerated().map { index, kind in kind.array(rows.map { $0[index] }) }
        }
    }
}

extension DatabaseValue {
    init(_ time: Instant?) {
        self = time.map { .timestamp(microseconds: $0.microseconds) } ?? .null
    }
    init(_ number: Int64?) { self = number.map { .int64($0) } ?? .null }
    init(_ number: Double?) { self = number.map { .double($0) } ?? .null }
    init(_ number: Decimal8) { self = .numeric(unscaled: number.unscaled, scale: 8) }
    init(_ number: Decimal16?) {
        self = number.map { .numeric(unscaled: $0.unscaled, scale: 16) } ?? .null
    }
    init(_ symbol: Symbol) { self = .text("\(symbol)") }
    init(_ timeframe: Timeframe) { self = .text(timeframe.rawValue) }
}
