import Market
import Upbit

/// What refill and proof need of the capture that they run in. Calls must not block for long.
package protocol RefillHost: Sendable {
    /// The last frame that the journal took, and the last one that the database has with everything before.
    var lastSequence: UInt64 { get }
    var committedSequence: UInt64 { get }
    /// Whether this capture is the one that stores: a standby opens and fetches nothing.
    var isActive: Bool { get }
    /// The exchange's time now.
    var exchangeNow: Instant { get }
    /// Messages or trades of each market in a while: who has more is refilled first.
    var activity: [Symbol: Double] { get }
    /// Puts a page of trades into the journal, as a frame that will be committed; returns its number, or nil
    /// when the journal has no room now.
    func journal(page: [UInt8], of symbol: Symbol, request: RESTRequest) -> UInt64?
}
