import Market

/// Messages as the exchange writes them (SIMPLE).
enum Messages {
    static func trade(
        _ id: Int64, _ time: Instant, code: String = "KRW-BTC", price: String = "109847000.5",
        volume: String = "0.00509799"
    ) -> String {
        """
        {"ty":"trade","cd":"\(code)","tms":\(time.milliseconds + 40),"ttms":\(time.milliseconds),"tp":\(price),\
        "tv":\(volume),"ab":"ASK","sid":\(id),"st":"REALTIME"}
        """
    }

    /// Trades of four markets, a millisecond apart, the last one now.
    static func trades(_ ids: Range<Int64>, now: Instant) -> [String] {
        ids.map { id in
            trade(
                id, now.adding(milliseconds: id - ids.upperBound), code: "KRW-M\(id % 4)",
                price: "\(1_000 + id % 977).5", volume: "0.\(1 + id % 99)")
        }
    }
}
