/// Arrays of one dimension; nil elements are NULL.
extension RowEncoder {
    package mutating func writeBoolArray(_ values: [Bool?]) {
        writeArray(values, of: .bool) { encoder, value in
            encoder.store(Int32(1))
            encoder.store(UInt8(value ? 1 : 0))
        }
    }

    package mutating func writeInt64Array(_ values: [Int64?]) {
        writeArray(values, of: .int8) { encoder, value in
            encoder.store(Int32(8))
            encoder.store(value)
        }
    }

    package mutating func writeDoubleArray(_ values: [Double?]) {
        writeArray(values, of: .float8) { encoder, value in
            encoder.store(Int32(8))
            encoder.store(value.bitPattern)
        }
    }

    package mutating func writeTimestampArray(_ values: [Timestamp?]) {
        writeArray(values, of: .timestamptz) { encoder, value in
            encoder.store(Int32(8))
            encoder.store(Timestamp.wireValue(ofMicroseconds: value.microseconds))
        }
    }

    package mutating func writeNumericArray(_ values: [Numeric?]) {
        writeArray(values, of: .numeric) { encoder, value in
            guard let digits = NumericDigits(unscaled: value.unscaled, scale: value.scale) else {
                encoder.fail("a numeric's scale is \(value.scale); it must be 0 to \(NumericDigits.scaleMax)")
                encoder.store(Int32(-1))
                return
            }
            encoder.store(Int32(digits.byteCount))
            encoder.storeNumeric(digits)
        }
    }

    package mutating func writeTextArray(_ values: [String?]) {
        writeArray(values, of: .text) { encoder, value in
            var value = value
            value.withUTF8 { bytes in
                guard bytes.count <= RowEncoder.bytesMax else {
                    encoder.fail("an array's text takes more than \(RowEncoder.bytesMax) bytes")
                    return
                }
                encoder.store(Int32(bytes.count))
                encoder.store(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    private mutating func writeArray<Element>(
        _ values: [Element?], of type: PostgresType, _ write: (inout RowEncoder, Element) -> Void
    ) {
        guard values.count <= Int32.max else {
            fail("an array has \(values.count) elements")
            return writeNull()
        }
        writeField { encoder in
            encoder.store(Int32(values.isEmpty ? 0 : 1))
            encoder.store(Int32(values.contains { $0 == nil } ? 1 : 0))
            encoder.store(type.rawValue)
            if values.isEmpty { return }
            encoder.store(Int32(values.count))
            encoder.store(Int32(1))
            for value in values {
                if let value {
                    write(&encoder, value)
                } else {
                    encoder.store(Int32(-1))
                }
            }
        }
    }

    /// Any parameter as a field.
    package mutating func write(_ value: DatabaseValue) {
        switch value {
        case .null: writeNull()
        case .bool(let value): writeBool(value)
        case .int16(let value): writeInt16(value)
        case .int32(let value): writeInt32(value)
        case .int64(let value): writeInt64(value)
        case .double(let value): writeDouble(value)
        case .text(let value): writeText(value)
        case .bytes(let value): writeBytes(value)
        case .timestamp(let microseconds): writeTimestamp(microseconds: microseconds)
        case .numeric(let unscaled, let scale): writeNumeric(unscaled: unscaled, scale: scale)
        case .jsonb(let value): writeJsonb(value)
        case .inferred(let value): writeText(value)
        case .boolArray(let values): writeBoolArray(values)
        case .int64Array(let values): writeInt64Array(values)
        case .doubleArray(let values): writeDoubleArray(values)
        case .textArray(let values): writeTextArray(values)
        case .timestampArray(let values): writeTimestampArray(values)
        case .numericArray(let values): writeNumericArray(values)
        }
    }
}
