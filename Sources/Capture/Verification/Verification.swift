import Market

/// A trade that must be stored, as an oracle tells it.
package struct ExpectedTrade: Sendable, Equatable {
    package var time: Instant
    package var symbol: Symbol
    package var sequentialID: Int64
    package var price: Decimal8
    package var volume: Decimal8
    package var side: Side
    /// Whether anybody could have got it.
    package var isRequired: Bool

    package init(
        time: Instant, symbol: Symbol, sequentialID: Int64, price: Decimal8, volume: Decimal8, side: Side,
        isRequired: Bool
    ) {
        self.time = time
        self.symbol = symbol
        self.sequentialID = sequentialID
        self.price = price
        self.volume = volume
        self.side = side
        self.isRequired = isRequired
    }

    /// The order of the table's key.
    package static func precedes(_ left: ExpectedTrade, _ right: ExpectedTrade) -> Bool {
        (left.time, left.symbol, left.sequentialID) < (right.time, right.symbol, right.sequentialID)
    }
}

/// Compares what is stored with what an oracle says, both in the order of the key.
package struct Verification: Sendable {
    /// Faults that are kept to be shown; further ones are counted.
    package static let examplesMax = 20

    package struct Result: Sendable, Equatable {
        package var expected = 0
        package var stored = 0
        package var missing = 0
        package var duplicate = 0
        /// Stored otherwise than printed, or never printed.
        package var different = 0
        /// Stored, and of a time for which the oracle knows nothing, or not everything.
        package var outside = 0
        package var examples: [String] = []

        package init() {}

        package var isClean: Bool { missing == 0 && duplicate == 0 && different == 0 }
    }

    private let expected: [ExpectedTrade]
    private let complete: ClosedRange<Instant>?
    private var next = 0
    private var lastKey: ExpectedTrade?
    private var result = Result()

    /// In any order; one that stands twice counts once. `complete` is the time of which the oracle knows every
    /// trade: only there one that it does not know was never printed. Nil when there is no such time.
    package init(_ trades: [ExpectedTrade], complete: ClosedRange<Instant>?) {
        expected = trades.sorted(by: ExpectedTrade.precedes)
        self.complete = complete
    }

    /// The times that the oracle covers; nil when it has no trade.
    package var range: ClosedRange<Instant>? {
        guard let first = expected.first, let last = expected.last else { return nil }
        return first.time...last.time
    }

    /// The next stored trade, in the order of the key.
    package mutating func take(_ trade: Trade) {
        let stored = ExpectedTrade(
            time: trade.time, symbol: trade.symbol, sequentialID: trade.sequentialID, price: trade.price,
            volume: trade.volume, side: trade.side, isRequired: true)
        result.stored += 1
        if let lastKey, !ExpectedTrade.precedes(lastKey, stored) {
            result.duplicate += 1
            note("stored twice", stored)
            return
        }
        lastKey = stored
        while next < expected.count, ExpectedTrade.precedes(expected[next], stored) { passOver() }
        guard next < expected.count, !ExpectedTrade.precedes(stored, expected[next]) else {
            if let complete, complete.contains(trade.time) {
                result.different += 1
                note("never printed", stored)
            } else {
                result.outside += 1
            }
            return
        }
        let printed = expected[next]
        result.expected += printed.isRequired ? 1 : 0
        if (printed.price, printed.volume) != (stored.price, stored.volume) || printed.side != stored.side {
            result.different += 1
            note("printed as \(printed.side) \(printed.volume) at \(printed.price)", stored)
        }
        skipCopies()
    }

    /// After the last stored trade.
    package mutating func finish() -> Result {
        while next < expected.count { passOver() }
        return result
    }

    private mutating func passOver() {
        if expected[next].isRequired {
            result.expected += 1
            result.missing += 1
            note("missing", expected[next])
        }
        skipCopies()
    }

    private mutating func skipCopies() {
        let passed = expected[next]
        while next < expected.count, !ExpectedTrade.precedes(passed, expected[next]) { next += 1 }
    }

    private mutating func note(_ fault: String, _ trade: ExpectedTrade) {
        guard result.examples.count < Self.examplesMax else { return }
        result.examples.append(
            "\(fault): \(trade.symbol) \(trade.sequentialID) at \(trade.time), \(trade.side) "
                + "\(trade.volume) at \(trade.price)")
    }
}
