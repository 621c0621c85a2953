import Market

/// Which markets are captured, as the settings say: codes, all of a quote currency (`KRW-*`), or `all`. Pure.
package struct MarketSelection: Sendable, Equatable {
    package static let entriesMax = 1_000

    private var takesAll = false
    private var quotes: Set<String> = []
    /// Markets that are named one by one.
    private(set) package var named: Set<Symbol> = []

    package init(_ entries: [String]) throws(CaptureError) {
        guard !entries.isEmpty, entries.count <= Self.entriesMax else {
            throw CaptureError(
                .badSetting, "\(entries.count) entries name the markets to capture",
                place: "capture.markets",
                remedy: "Give 1 to \(Self.entriesMax) entries, such as KRW-* or KRW-BTC,KRW-ETH.")
        }
        for entry in entries { try add(entry.uppercased()) }
    }

    private mutating func add(_ entry: String) throws(CaptureError) {
        if entry == "ALL" {
            takesAll = true
        } else if entry.hasSuffix("-*"), Self.isQuote(entry.dropLast(2)) {
            quotes.insert(String(entry.dropLast(2)))
        } else if let symbol = try? Symbol(entry) {
            named.insert(symbol)
        } else {
            throw CaptureError(
                .badSetting, "`\(entry)` names no market", place: "capture.markets",
                remedy: "Write a code such as KRW-BTC, KRW-* for a whole quote currency, or all.")
        }
    }

    private static func isQuote(_ text: Substring) -> Bool {
        (1...10).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) }
    }

    package func matches(_ symbol: Symbol) -> Bool {
        takesAll || named.contains(symbol) || quotes.contains(symbol.quote)
    }
}
