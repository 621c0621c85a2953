import Market

/// A market on the command line.
enum MarketArgument {
    static func symbol(_ text: String, of verb: String) throws(UsageError) -> Symbol {
        do {
            return try Symbol(text)
        } catch {
            throw UsageError("`\(text)` is no market: write a code such as KRW-BTC", path: [verb])
        }
    }
}
