/// Callers with an Origin header are served once in ten seconds.
struct OriginLimiter: Sendable {
    static let periodMilliseconds: Int64 = 10_000
    /// Addresses remembered; beyond it all start anew.
    static let addressesMax = 1_024

    private var served: [String: Int64] = [:]

    mutating func allows(_ address: String, now: Int64) -> Bool {
        if let last = served[address], now - last < Self.periodMilliseconds { return false }
        if served.count >= Self.addressesMax { served.removeAll() }
        served[address] = now
        return true
    }
}
