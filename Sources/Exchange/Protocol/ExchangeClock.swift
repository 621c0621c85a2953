/// The exchange's time as a function of the machine's monotonic clock.
package struct ExchangeClock: Sendable, Equatable {
    private let startMarket: Int64
    private let startMonotonic: Int64
    package let speed: Double
    /// What a fault added: the exchange's clock is ahead (or behind) by it.
    package var skewMilliseconds: Int64 = 0

    /// At `monotonicNanoseconds` it is `marketMilliseconds` (since 1970) at the exchange; time there runs
    /// `speed` times as fast.
    package init(marketMilliseconds: Int64, monotonicNanoseconds: Int64, speed: Double) {
        startMarket = marketMilliseconds
        startMonotonic = monotonicNanoseconds
        self.speed = speed
    }

    package func market(at monotonicNanoseconds: Int64) -> Int64 {
        let passed = Double(monotonicNanoseconds - startMonotonic) * 1e-6 * speed
        return startMarket + Int64(passed) + skewMilliseconds
    }

    /// How long to wait until it is `marketMilliseconds`.
    package func nanoseconds(until marketMilliseconds: Int64, from monotonicNanoseconds: Int64) -> Int64 {
        let left = marketMilliseconds - market(at: monotonicNanoseconds)
        return left <= 0 ? 0 : Int64(min(1e15, Double(left) * 1e6 / speed))
    }
}
