import Market

/// The lengths of candles that the exchange offers, over REST and on the socket.
package enum CandleUnit: Sendable, Hashable {
    case second
    case minutes(Int64)
    case day
    case week
    case month
    case year

    package static let minuteUnits: [Int64] = [1, 3, 5, 10, 15, 30, 60, 240]

    /// The start of the interval that holds `milliseconds`, in milliseconds.
    package func start(of milliseconds: Int64) -> Int64 {
        switch self {
        case .second: milliseconds / 1_000 * 1_000
        case .minutes(let count): milliseconds / (count * 60_000) * (count * 60_000)
        case .day: milliseconds / 86_400_000 * 86_400_000
        // 1970 began on a Thursday; weeks begin on Monday.
        case .week: (milliseconds / 86_400_000 + 3) / 7 * 604_800_000 - 259_200_000
        case .month: Self.calendarStart(of: milliseconds) { ($0.year, $0.month) }
        case .year: Self.calendarStart(of: milliseconds) { ($0.year, 1) }
        }
    }

    /// The start of the interval before the one that starts at `start`.
    package func previous(_ start: Int64) -> Int64 { self.start(of: start - 1) }

    /// The end of the interval that starts at `start`.
    package func end(_ start: Int64) -> Int64 {
        switch self {
        case .second: start + 1_000
        case .minutes(let count): start + count * 60_000
        case .day: start + 86_400_000
        case .week: start + 604_800_000
        case .month: Self.calendarStart(of: start + 32 * 86_400_000) { ($0.year, $0.month) }
        case .year: Self.calendarStart(of: start + 370 * 86_400_000) { ($0.year, 1) }
        }
    }

    private static func calendarStart(of milliseconds: Int64, _ part: (CalendarDate) -> (Int, Int)) -> Int64 {
        let date = CalendarDate(daysSinceEpoch: Int(milliseconds / 86_400_000))
        let (year, month) = part(date)
        let first = CalendarDate(year: year, month: month, day: 1)
        return Int64(first?.daysSinceEpoch ?? 0) * 86_400_000
    }
}
