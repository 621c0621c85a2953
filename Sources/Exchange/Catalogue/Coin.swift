/// One line of the coin table.
struct Coin: Sendable {
    let code: String
    let koreanName: String
    let englishName: String
    /// In won.
    let price: Double

    static let all: [Coin] = Coins.table.split(separator: "\n").compactMap { line in
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        guard fields.count == 4, let price = Double(fields[3]) else { return nil }
        return Coin(
            code: String(fields[0]), koreanName: String(fields[1]), englishName: String(fields[2]),
            price: price)
    }

    /// Priced in dollars, so it hardly moves.
    var isStable: Bool { code == "USDT" || code == "USDC" }
}
