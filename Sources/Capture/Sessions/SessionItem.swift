import Market
import Upbit

/// One channel of one market: the smallest thing that a connection listens to.
package struct SessionItem: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let channel: Channel
    package let symbol: Symbol

    package init(_ channel: Channel, _ symbol: Symbol) {
        self.channel = channel
        self.symbol = symbol
    }

    package var description: String { "\(channel) of \(symbol)" }

    package static func < (left: SessionItem, right: SessionItem) -> Bool {
        if left.channel == right.channel { return left.symbol < right.symbol }
        return left.channel.description < right.channel.description
    }
}
