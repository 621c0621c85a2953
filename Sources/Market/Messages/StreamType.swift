/// Whether a message is the first state after a subscription or news.
@frozen
package enum StreamType: UInt8, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case snapshot
    case realtime

    package var description: String { self == .snapshot ? "SNAPSHOT" : "REALTIME" }
}
