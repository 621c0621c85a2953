/// A type's number in pg_type; the built-in ones never change.
package struct PostgresType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The server decides (parameters), or nobody said (the fields of a COPY).
    package static let unspecified = PostgresType(rawValue: 0)
    package static let bool = PostgresType(rawValue: 16)
    package static let bytea = PostgresType(rawValue: 17)
    package static let char = PostgresType(rawValue: 18)
    package static let name = PostgresType(rawValue: 19)
    package static let int8 = PostgresType(rawValue: 20)
    package static let int2 = PostgresType(rawValue: 21)
    package static let int4 = PostgresType(rawValue: 23)
    package static let text = PostgresType(rawValue: 25)
    package static let oid = PostgresType(rawValue: 26)
    package static let json = PostgresType(rawValue: 114)
    package static let float4 = PostgresType(rawValue: 700)
    package static let float8 = PostgresType(rawValue: 701)
    package static let unknown = PostgresType(rawValue: 705)
    package static let bpchar = PostgresType(rawValue: 1042)
    package static let varchar = PostgresType(rawValue: 1043)
    package static let timestamptz = PostgresType(rawValue: 1184)
    package static let numeric = PostgresType(rawValue: 1700)
    package static let jsonb = PostgresType(rawValue: 3802)
    package static let boolArray = PostgresType(rawValue: 1000)
    package static let int8Array = PostgresType(rawValue: 1016)
    package static let textArray = PostgresType(rawValue: 1009)
    package static let float8Array = PostgresType(rawValue: 1022)
    package static let timestamptzArray = PostgresType(rawValue: 1185)
    package static let numericArray = PostgresType(rawValue: 1231)

    private static let names: [PostgresType: String] = [
        .bool: "bool", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "int8", .int2: "int2",
        .int4: "int4", .text: "text", .oid: "oid", .json: "json", .float4: "float4", .float8: "float8",
        .unknown: "unknown", .bpchar: "char(n)", .varchar: "varchar", .timestamptz: "timestamptz",
        .numeric: "numeric", .jsonb: "jsonb", .boolArray: "bool[]", .int8Array: "int8[]",
        .textArray: "text[]", .float8Array: "float8[]", .timestamptzArray: "timestamptz[]",
        .numericArray: "numeric[]",
    ]

    /// The type's name, for messages.
    var described: String { Self.names[self] ?? "type number \(rawValue)" }
}
