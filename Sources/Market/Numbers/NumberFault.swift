/// Why the text of a number was refused. Trivial, so that refusing costs no allocation.
package enum NumberFault: UInt8, Error {
    /// Not a number by JSON's grammar.
    case malformed
    /// A number that the type has not enough decimals for.
    case notExact
    /// A number that the type has not enough room for.
    case outOfRange

    package func explained(_ text: String, as type: String) -> MarketError {
        switch self {
        case .malformed:
            MarketError(.badNumber, "`\(text)` is not a number", remedy: "Write it like 12.5 or 9.1e-05.")
        case .notExact:
            MarketError(.notExact, "`\(text)` has more decimals than \(type) holds")
        case .outOfRange:
            MarketError(.outOfRange, "`\(text)` is too large for \(type)")
        }
    }
}
