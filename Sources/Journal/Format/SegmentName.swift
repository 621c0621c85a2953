/// A segment's file is named by its first sequence number, so that a sorted listing is in order.
package enum SegmentName {
    static let ending = ".segment"
    private static let digits = 20

    package static func name(first sequence: UInt64) -> String {
        let text = String(sequence)
        return String(repeating: "0", count: digits - text.count) + text + ending
    }

    /// Nil for a file that is no segment.
    package static func first(of name: String) -> UInt64? {
        guard name.hasSuffix(ending) else { return nil }
        let number = name.dropLast(ending.count)
        guard number.count == digits, number.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        guard let first = UInt64(number), (1...SequenceRange.last).contains(first) else { return nil }
        return first
    }
}
