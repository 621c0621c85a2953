import CPostgres

/// A statement with its parameters, checked and laid out as libpq wants them.
struct Statement: Sendable {
    /// The protocol counts parameters in 16 bits.
    static let parametersMax = 65_535

    let sql: String
    let parameters: [DatabaseValue]

    init(_ sql: String, _ parameters: [DatabaseValue]) throws(DatabaseError) {
        try Self.check(sql)
        guard parameters.count <= Self.parametersMax else {
            throw DatabaseError(
                .encoding, "the statement has \(parameters.count) parameters",
                remedy: "PostgreSQL takes \(Self.parametersMax): send arrays and unnest them")
        }
        self.sql = sql
        self.parameters = parameters
    }

    /// libpq takes a C string, so a NUL would end the statement early.
    static func check(_ sql: String) throws(DatabaseError) {
        guard !sql.utf8.contains(0) else {
            throw DatabaseError(
                .encoding, "the statement holds a NUL character", remedy: "Remove it from the statement")
        }
    }

    /// The parameters in the layout of PQsendQueryParams.
    struct Layout {
        let types: [UInt32]
        let values: [UnsafePointer<CChar>?]
        let lengths: [Int32]
        let formats: [Int32]
    }

    func withLayout<R>(
        _ body: (Layout) throws(DatabaseError) -> R
    ) throws(DatabaseError) -> R {
        var encoder = RowEncoder(fields: 1, capacityBytes: 64 + 32 * parameters.count)
        // A text parameter for the server to infer is a C string.
        let ends: [Int] = parameters.map { parameter in
            encoder.beginRow()
            encoder.write(parameter)
            let end = encoder.count
            encoder.store(UInt8(0))
            return end
        }
        if let failure = encoder.failure { throw failure }
        let bytes = encoder.bytes
        var values: [UnsafePointer<CChar>?] = []
        var lengths: [Int32] = []
        var start = 0
        for (parameter, end) in zip(parameters, ends) {
            // Before the value: the row's number of fields in 2 bytes, the value's length in 4.
            let offset = start + 6
            lengths.append(Int32(end - offset))
            let isNull = parameter == .null
            values.append(
                isNull ? nil : bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) })
            start = end + 1
        }
        return try body(
            Layout(
                types: parameters.map(\.type.rawValue), values: values, lengths: lengths,
                formats: parameters.map { $0.isBinary ? 1 : 0 }))
    }
}
