import Market

/// Appends compact JSON to bytes.
struct JSONWriter {
    var bytes: [UInt8]
    private var needsComma = false

    /// Most messages fit without growing.
    private static let bytesExpected = 512

    init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
        self.bytes.reserveCapacity(Self.bytesExpected)
    }

    mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    mutating func key(_ name: String) {
        separate()
        bytes.append(0x22)
        bytes.append(contentsOf: name.utf8)
        bytes.append(0x22)
        bytes.append(0x3A)
        needsComma = false
    }

    mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    mutating func integer(_ number: Int64) { raw(String(number)) }

    mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    mutating func null() { raw("null") }

    mutating func double(_ value: Double) { raw(value.description) }

    mutating func string(_ text: String) {
        separate()
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes.append(
                    contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    /// `"2026-08-26"`, written without a text in between: each trade has one.
    mutating func date(_ date: CalendarDate) {
        separate()
        bytes.append(0x22)
        if (0...9_999).contains(date.year) {
            two(date.year / 100)
            two(date.year % 100)
        } else {
            // What a hostile message says is written again with all its digits.
            bytes.append(contentsOf: String(date.year).utf8)
        }
        bytes.append(0x2D)
        two(date.month)
        bytes.append(0x2D)
        two(date.day)
        bytes.append(0x22)
    }

    /// `"07:15:54"`
    mutating func timeOfDay(_ time: CivilTime) {
        separate()
        bytes.append(0x22)
        two(time.hour)
        bytes.append(0x3A)
        two(time.minute)
        bytes.append(0x3A)
        two(time.second)
        bytes.append(0x22)
    }

    private mutating func two(_ number: Int) {
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + number / 10))
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + number % 10))
    }

    mutating func symbol(_ symbol: Symbol) {
        separate()
        bytes.append(0x22)
        symbol.withBytes { bytes.append(contentsOf: $0) }
        bytes.append(0x22)
    }

    /// A number as the exchange writes it: `109165000.0`, `9.101e-05`; `isPlain` leaves `.0` away, as in
    /// order books.
    mutating func number(_ value: some FixedPoint, isPlain: Bool = false) {
        separate()
        let digits = DecimalDigits(value.unscaled.magnitude)
        if value.isNegative { bytes.append(0x2D) }
        let significant = digits.count - digits.trailingZeros
        let whole = digits.count - value.scale
        if significant > 0, whole < -3 || whole > 16 {
            appendExponent(digits, significant, whole - 1)
            return
        }
        if whole <= 0 { bytes.append(0x30) }
        for index in 0..<max(whole, 0) { bytes.append(digits[index]) }
        if significant > max(whole, 0) {
            bytes.append(0x2E)
            for _ in 0..<max(-whole, 0) { bytes.append(0x30) }
            for index in max(whole, 0)..<significant { bytes.append(digits[index]) }
        } else if !isPlain {
            bytes.append(contentsOf: [0x2E, 0x30])
        }
    }

    private mutating func appendExponent(_ digits: DecimalDigits, _ significant: Int, _ exponent: Int) {
        bytes.append(digits[0])
        if significant > 1 { bytes.append(0x2E) }
        for index in 1..<max(significant, 1) { bytes.append(digits[index]) }
        bytes.append(0x65)
        bytes.append(exponent < 0 ? 0x2D : 0x2B)
        let magnitude = exponent.magnitude
        if magnitude < 10 { bytes.append(0x30) }
        bytes.append(contentsOf: String(magnitude).utf8)
    }
}

/// Fields with the long or the short name of the format.
extension JSONWriter {
    mutating func name(_ long: String, _ short: String, in format: WireFormat) {
        key(format.isSimple ? short : long)
    }

    mutating func open(_ long: String, _ short: String, in format: WireFormat, _ bracket: UInt8) {
        name(long, short, in: format)
        open(bracket)
    }

    mutating func string(_ long: String, _ short: String, in format: WireFormat, _ text: String) {
        name(long, short, in: format)
        string(text)
    }

    mutating func symbol(_ long: String, _ short: String, in format: WireFormat, _ symbol: Symbol) {
        name(long, short, in: format)
        self.symbol(symbol)
    }

    mutating func integer(_ long: String, _ short: String, in format: WireFormat, _ number: Int64) {
        name(long, short, in: format)
        integer(number)
    }

    mutating func double(_ long: String, _ short: String, in format: WireFormat, _ value: Double) {
        name(long, short, in: format)
        double(value)
    }

    mutating func bool(_ long: String, _ short: String, in format: WireFormat, _ value: Bool) {
        name(long, short, in: format)
        bool(value)
    }

    mutating func null(_ long: String, _ short: String, in format: WireFormat) {
        name(long, short, in: format)
        null()
    }

    mutating func raw(_ long: String, _ short: String, in format: WireFormat, _ text: String) {
        name(long, short, in: format)
        raw(text)
    }

    mutating func number(
        _ long: String, _ short: String, in format: WireFormat, _ value: some FixedPoint,
        isPlain: Bool = false
    ) {
        name(long, short, in: format)
        number(value, isPlain: isPlain)
    }
}

extension Side {
    /// The exchange's word for the taker's side.
    package var takerName: String { self == .buy ? "BID" : "ASK" }
}
