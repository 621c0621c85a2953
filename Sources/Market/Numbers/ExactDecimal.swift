/// A decimal kept as its text, for balances and fees, which have more digits than any of our
/// integers (`1386929.37231066771348207123`). It is never calculated with.
package struct ExactDecimal: Hashable, Sendable, CustomStringConvertible {
    /// Longer texts are refused.
    package static let bytesMax = 64

    /// The text as it came.
    package let description: String

    package init(_ text: String) throws(MarketError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw MarketError(.outOfRange, "a number has more than \(Self.bytesMax) characters")
        }
        var copy = text
        let isNumber = copy.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return false }
            var at = 0
            return (try? NumberText.scan(base, &at, end: bytes.count)) != nil && at == bytes.count
        }
        guard isNumber else { throw NumberFault.malformed.explained(text, as: "a decimal") }
        description = text
    }

    package var isNegative: Bool { description.hasPrefix("-") }
}
