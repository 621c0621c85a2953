/// A parameter of a statement, with its type.
package enum DatabaseValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case double(Double)
    case text(String)
    case bytes([UInt8])
    case timestamp(microseconds: Int64)
    case numeric(unscaled: Int128, scale: Int)
    case jsonb(String)
    /// Text whose type the server infers from the statement: enums, intervals, uuids, ….
    case inferred(String)
    case boolArray([Bool?])
    case int64Array([Int64?])
    case doubleArray([Double?])
    case textArray([String?])
    case timestampArray([Timestamp?])
    case numericArray([Numeric?])

    var type: PostgresType {
        switch self {
        case .null, .inferred: .unspecified
        case .bool: .bool
        case .int16: .int2
        case .int32: .int4
        case .int64: .int8
        case .double: .float8
        case .text: .text
        case .bytes: .bytea
        case .timestamp: .timestamptz
        case .numeric: .numeric
        case .jsonb: .jsonb
        case .boolArray: .boolArray
        case .int64Array: .int8Array
        case .doubleArray: .float8Array
        case .textArray: .textArray
        case .timestampArray: .timestamptzArray
        case .numericArray: .numericArray
        }
    }

    /// Everything travels in binary, except what the server is to infer.
    var isBinary: Bool {
        if case .inferred = self { return false }
        return true
    }

    package static func timestamp(_ timestamp: Timestamp) -> DatabaseValue {
        .timestamp(microseconds: timestamp.microseconds)
    }

    package static func numeric(_ numeric: Numeric) -> DatabaseValue {
        .numeric(unscaled: numeric.unscaled, scale: numeric.scale)
    }
}

extension DatabaseValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .int64(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(nilLiteral: ()) { self = .null }
}
