/// Puts the keys of every object of a valid JSON text in another order, sometimes with an unknown key, white
/// space, or a number written another way among them.
struct KeyShuffle {
    var random: SeededRandom
    private var text: [UInt8] = []
    private var at = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func shuffled(_ bytes: [UInt8]) -> [UInt8] {
        text = bytes
        at = 0
        return value()
    }

    private mutating func value() -> [UInt8] {
        switch text[at] {
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "["): return list()
        case UInt8(ascii: "\""): return string()
        default:
            let start = at
            while at < text.count, ![0x2C, 0x7D, 0x5D].contains(text[at]) { at += 1 }
            return rewritten(Array(text[start..<at]))
        }
    }

    private mutating func object() -> [UInt8] {
        at += 1
        var fields: [[UInt8]] = []
        while text[at] != UInt8(ascii: "}") {
            let key = string()
            at += 1
            fields.append(key + space() + [0x3A] + space() + value())
            if text[at] == 0x2C { at += 1 }
        }
        at += 1
        if random.chance(20) {
            fields.append(Array(#""unknown_\u00e9":{"a":[1.5e3,"}\"",null,{"b":[]}],"c":true}"#.utf8))
        }
        if random.chance(10) { fields.append(Array(#""a_name_that_is_longer_than_24_bytes":"여울""#.utf8)) }
        fields.shuffle(using: &random)
        return [0x7B] + space() + Array(fields.joined(separator: [0x2C])) + space() + [0x7D]
    }

    private mutating func list() -> [UInt8] {
        at += 1
        var elements: [[UInt8]] = []
        while text[at] != UInt8(ascii: "]") {
            elements.append(value())
            if text[at] == 0x2C { at += 1 }
        }
        at += 1
        return [0x5B] + space() + Array(elements.joined(separator: [0x2C])) + [0x5D]
    }

    private mutating func string() -> [UInt8] {
        let start = at
        at += 1
        while text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        at += 1
        return Array(text[start..<at])
    }

    /// The same number with an exponent or another zero.
    private mutating func rewritten(_ number: [UInt8]) -> [UInt8] {
        guard number.first.map({ $0 == 0x2D || (0x30...0x39).contains($0) }) == true, !number.contains(0x65)
        else { return number }
        switch random.next(below: 12) {
        case 0: return number + Array("e0".utf8)
        case 1: return number + Array("E+00".utf8)
        case 2: return number.contains(0x2E) ? number + [0x30] : number + [0x2E, 0x30]
        default: return number
        }
    }

    private mutating func space() -> [UInt8] { random.chance(3) ? Array(" \n\t".utf8) : [] }
}
