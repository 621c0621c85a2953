import Market

/// Small numbers for symbols, so that what is kept a market lies in arrays.
package struct MarketNumbers: Sendable {
    /// No exchange of ours has a tenth of it. A symbol beyond is refused: it is made up.
    package static let marketsMax = 4_096

    private var numbers: [Symbol: Int32] = [:]
    private var last: (symbol: Symbol, number: Int32)?

    package init() {}

    package var count: Int { numbers.count }

    /// The symbol's number; nil at the bound.
    package mutating func number(of symbol: Symbol) -> Int32? {
        if let last, last.symbol == symbol { return last.number }
        var number = numbers[symbol]
        if number == nil, numbers.count < Self.marketsMax {
            number = Int32(numbers.count)
            numbers[symbol] = number
        }
        if let number { last = (symbol, number) }
        return number
    }
}
