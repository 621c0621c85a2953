/// Damages a text a little, the way that broken senders and attackers do.
struct MessageMutator {
    var random: SeededRandom
    private static let tokens = [
        "null", "true", "-", "1e5", "1E-9", "0.1", "\"\"", "{}", "[]", "[", "}", ",", ":", "\"", "\\",
        "\\u00", "\\u0041",
        "\\n", "00", "e", ".", "9999999999", "0.00000001", "\u{1}", "여", " ", "\"type\":",
        "\"code\":\"KRW-A\",",
    ].map { Array($0.utf8) }

    mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0...random.next(below: 3) where !text.isEmpty {
            let at = Int(random.next(below: Int64(text.count)))
            let length = min(Int(random.next(below: 12)) + 1, text.count - at)
            switch random.next(below: 7) {
            case 0: text[at] = UInt8(truncatingIfNeeded: random.next())
            case 1: text[at] ^= 1 << UInt8(random.next(below: 8))
            case 2: text.removeSubrange(at..<(at + length))
            case 3:
                text.insert(
                    contentsOf: Self.tokens[Int(random.next(below: Int64(Self.tokens.count)))], at: at)
            case 4: text.insert(contentsOf: text[at..<(at + length)], at: at)
            case 5: text[at] = UInt8(ascii: "0") + UInt8(random.next(below: 10))
            default: text.removeLast(random.chance(80) ? 1 : length)
            }
        }
        return text
    }
}
