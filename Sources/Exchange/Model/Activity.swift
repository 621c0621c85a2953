/// How lively a market is at a minute, against its average day.
struct Activity: Sendable {
    private let venue: RandomKey
    private let market: RandomKey
    /// Without livelier and calmer days, hours and minutes.
    private let isSteady: Bool

    /// By the hour in Korea.
    private static let byHour: [Double] = [
        1.2, 0.9, 0.7, 0.55, 0.5, 0.55, 0.7, 0.9, 1.2, 1.5, 1.4, 1.2,
        1.1, 1.0, 1.0, 1.05, 1.1, 1.1, 1.1, 1.15, 1.2, 1.3, 1.35, 1.3,
    ]

    /// The minutes after 09:00 in Korea, when the exchange's day changes.
    private static let openingBursts: [Double] = [100, 20, 8, 4, 3, 2]
    /// What bursts add to the average.
    private static let burstsShare = 1.12

    /// Bursts of the whole venue and of the market alone come in windows of six hours.
    private static let windowMinutes: Int64 = 360

    init(venue: RandomKey, market: RandomKey, isSteady: Bool) {
        self.venue = venue
        self.market = market
        self.isSteady = isSteady
    }

    /// The slow part: each hour of a day.
    func levels(ofDay day: Int64) -> [Double] {
        if isSteady { return [Double](repeating: 1, count: 24) }
        let level = Powers.two(to: 0.9 * market.bell(day &* 2) - 0.28) / Self.burstsShare
        return (0..<24).map { level * Self.byHour[($0 + 9) % 24] }
    }

    /// What a market expected of a minute, as the minute's luck has it: 1 on average. `luck` is exponentially
    /// distributed with mean 1.
    func count(_ expected: Double, luck: Double) -> Double {
        isSteady ? expected : expected * (0.4 + 0.6 * luck)
    }

    /// 1 in ordinary minutes, up to 100 when everyone trades at once.
    func burst(_ minute: Int64) -> Double {
        if isSteady { return 1 }
        let ofDay = Int(minute % 1_440)
        if ofDay < Self.openingBursts.count { return Self.openingBursts[ofDay] }
        let cascade = burst(minute, key: venue, chance: 0.08)
        return cascade > 1 ? cascade : burst(minute, key: market, chance: 0.1)
    }

    private func burst(_ minute: Int64, key: RandomKey, chance: Double) -> Double {
        let window = minute / Self.windowMinutes
        let counter = window &* 4 &+ 1
        guard key.unit(counter) < chance else { return 1 }
        let start = window * Self.windowMinutes + Int64(key.index(counter &+ 1, below: 350))
        let peak = 20 + 80 * key.unit(counter &+ 2)
        switch minute - start {
        case 0: return peak
        case 1: return max(1, peak / 4)
        case 2: return max(1, peak / 16)
        default: return 1
        }
    }
}
