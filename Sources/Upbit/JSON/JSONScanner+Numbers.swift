import Market

extension JSONScanner {
    /// A price or volume, exactly.
    @inline(__always)
    mutating func decimal8() throws(JSONFault) -> Decimal8 {
        var at = position
        if let plain = PlainNumber(base, &at, end: end), let unscaled = plain.unscaled(8) {
            position = at
            return Decimal8(unscaled: unscaled)
        }
        return try decimal8Slowly()
    }

    @inline(never)
    private mutating func decimal8Slowly() throws(JSONFault) -> Decimal8 {
        var at = position
        let value: Decimal8
        do throws(NumberFault) {
            value = try Decimal8(NumberText.scan(base, &at, end: end))
        } catch {
            throw numberFault(error)
        }
        position = at
        return value
    }

    /// A price or volume that is not below zero.
    @inline(__always)
    mutating func amount() throws(JSONFault) -> Decimal8 {
        let start = position
        let value = try decimal8()
        guard value.unscaled >= 0 else {
            position = start
            throw .badValue
        }
        return value
    }

    /// What the exchange summed up: more than 16 decimals are rounded half-even.
    @inline(__always)
    mutating func sum() throws(JSONFault) -> Decimal16 {
        var at = position
        if let plain = PlainNumber(base, &at, end: end), let unscaled = plain.unscaled(16) {
            position = at
            return Decimal16(unscaled: unscaled)
        }
        return try sumSlowly()
    }

    @inline(never)
    private mutating func sumSlowly() throws(JSONFault) -> Decimal16 {
        var at = position
        let value: Decimal16
        do throws(NumberFault) {
            value = try Decimal16(rounding: NumberText.scan(base, &at, end: end))
        } catch {
            throw numberFault(error)
        }
        position = at
        return value
    }

    /// A sum that is not below zero.
    @inline(__always)
    mutating func total() throws(JSONFault) -> Decimal16 {
        let start = position
        let value = try sum()
        guard value.unscaled >= 0 else {
            position = start
            throw .badValue
        }
        return value
    }

    /// A whole number, however it is written.
    @inline(__always)
    mutating func integer() throws(JSONFault) -> Int64 {
        var at = position
        var digits: UInt64 = 0
        DigitRun.read(base, &at, end, &digits)
        let count = at &- position
        // Digits and then a comma or a bracket: what the exchange sends.
        if count > 1, count <= 18, at < end, byte(position) != 0x30 {
            let next = byte(at)
            if next == 0x2C || next == 0x7D {
                position = at
                return Int64(truncatingIfNeeded: digits)
            }
        }
        return try integerSlowly()
    }

    @inline(never)
    private mutating func integerSlowly() throws(JSONFault) -> Int64 {
        var at = position
        let value: Decimal16
        do throws(NumberFault) {
            value = try Decimal16(NumberText.scan(base, &at, end: end))
        } catch {
            throw numberFault(error)
        }
        let (quotient, remainder) = value.unscaled.quotientAndRemainder(dividingBy: 10_000_000_000_000_000)
        guard remainder == 0 else { throw .notExact }
        guard let integer = Int64(exactly: quotient) else { throw .outOfRange }
        position = at
        return integer
    }

    /// A time in milliseconds.
    @inline(__always)
    mutating func milliseconds() throws(JSONFault) -> Instant {
        let start = position
        guard let instant = Instant(milliseconds: try integer()) else {
            position = start
            throw .outOfRange
        }
        return instant
    }

    /// A rate: the nearest double.
    @inline(__always)
    mutating func double() throws(JSONFault) -> Double {
        var at = position
        // Both operands are exact doubles here, so one operation rounds correctly.
        if let plain = PlainNumber(base, &at, end: end), plain.digits <= 9_007_199_254_740_992 {
            position = at
            let digits = Double(Int64(truncatingIfNeeded: plain.digits))
            let value = digits / Double(PowersOfTen.small(plain.decimals))
            return plain.isNegative ? -value : value
        }
        return try doubleSlowly()
    }

    @inline(never)
    private mutating func doubleSlowly() throws(JSONFault) -> Double {
        var at = position
        do throws(NumberFault) {
            _ = try NumberText.scan(base, &at, end: end)
        } catch {
            throw numberFault(error)
        }
        let bytes = UnsafeRawBufferPointer(start: base + position, count: at - position)
        guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { throw .badNumber }
        guard value.isFinite else { throw .outOfRange }
        position = at
        return value
    }

    @inline(never)
    func numberFault(_ fault: NumberFault) -> JSONFault {
        guard fault == .malformed else { return JSONFault(fault) }
        guard position < end else { return .truncated }
        let first = byte(position)
        return first == 0x2D || (0x30...0x39).contains(first) ? .badNumber : wrongTypeOrSyntax()
    }

    /// Moves behind a number, which is checked.
    @inline(__always)
    mutating func skipNumber() throws(JSONFault) {
        var at = position
        do throws(NumberFault) {
            _ = try NumberText.scan(base, &at, end: end)
        } catch {
            throw numberFault(error)
        }
        position = at
    }
}
