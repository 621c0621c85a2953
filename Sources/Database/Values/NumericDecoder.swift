/// Reads PostgreSQL's binary `numeric`.
struct NumericDecoder {
    private enum Sign {
        static let negative: UInt16 = 0x4000
        static let notANumber: UInt16 = 0xC000
        static let infinity: UInt16 = 0xD000
        static let minusInfinity: UInt16 = 0xF000
    }

    private let cell: Cell
    private let groupCount: Int
    private let weight: Int
    private let sign: UInt16
    private let scale: Int

    init(_ cell: Cell) throws(DatabaseError) {
        guard let count = cell.integer(at: 0, as: Int16.self),
            let weight = cell.integer(at: 2, as: Int16.self),
            let sign = cell.integer(at: 4, as: UInt16.self), let scale = cell.integer(at: 6, as: Int16.self),
            count >= 0, scale >= 0, cell.bytes.count == 8 + 2 * Int(count)
        else { throw cell.broken("\(cell.bytes.count) bytes do not make one") }
        self.cell = cell
        groupCount = Int(count)
        self.weight = Int(weight)
        self.sign = sign
        self.scale = Int(scale)
        for index in 0..<groupCount {
            guard (0..<10_000).contains(group(index)) else { throw cell.broken("a digit of \(group(index))") }
        }
    }

    /// The value at its own scale; an error when 128 bits do not hold it.
    func value() throws(DatabaseError) -> Numeric {
        guard sign == 0 || sign == Sign.negative else {
            throw DatabaseError(
                .decoding, "the numeric is \(try text()), which is not a number",
                remedy: "Read it as text")
        }
        // Summed with its sign: the smallest value has no positive counterpart.
        let direction: Int128 = sign == Sign.negative ? -1 : 1
        var sum: Int128 = 0
        var isExact = true
        func add(_ digits: Int, power: Int) {
            for _ in 0..<power {
                let (product, overflow) = sum.multipliedReportingOverflow(by: 10)
                sum = product
                if overflow { isExact = false }
                if overflow || sum == 0 { break }
            }
            let (total, overflow) = sum.addingReportingOverflow(direction * Int128(digits))
            sum = total
            if overflow { isExact = false }
        }
        for index in 0..<groupCount {
            // How many decimals of this group stand before the end of the scale.
            let exponent = 4 * (weight - index) + scale
            if exponent >= 0 {
                add(group(index), power: 4)
            } else if exponent > -4 {
                add(group(index) / Self.powerOfTen(-exponent), power: 4 + exponent)
            }
        }
        let last = 4 * (weight - groupCount + 1) + scale
        if groupCount > 0 && last > 0 { add(0, power: last) }
        guard isExact else {
            throw DatabaseError(
                .decoding, "the numeric \(try text()) does not fit 128 bits", remedy: "Read it as text")
        }
        return Numeric(unscaled: sum, scale: scale)
    }

    /// The exact digits, as PostgreSQL prints them.
    func text() throws(DatabaseError) -> String {
        switch sign {
        case Sign.notANumber: return "NaN"
        case Sign.infinity: return "Infinity"
        case Sign.minusInfinity: return "-Infinity"
        case 0, Sign.negative: break
        default: throw cell.broken("a sign of \(sign)")
        }
        var text = sign == Sign.negative ? "-" : ""
        if weight < 0 {
            text += "0"
        } else {
            for place in 0...weight {
                let digits = String(place < groupCount ? group(place) : 0)
                if place > 0 { text += String(repeating: "0", count: 4 - digits.count) }
                text += digits
            }
        }
        if scale > 0 {
            var decimals = ""
            var place = weight + 1
            // Groups between the point and the first digit are zeros that are not sent.
            var missing = max(0, -1 - weight)
            if weight < 0 { place = 0 }
            while decimals.count < scale {
                var digits = "0000"
                if missing > 0 {
                    missing -= 1
                } else {
                    digits = String((place < groupCount ? group(place) : 0) + 10_000).dropFirst().description
                    place += 1
                }
                decimals += digits
            }
            text += "." + decimals.prefix(scale)
        }
        return text
    }

    private func group(_ index: Int) -> Int {
        Int(cell.integer(at: 8 + 2 * index, as: Int16.self) ?? 0)
    }

    private static func powerOfTen(_ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
