import Journal
import Market
import Upbit

/// The trades that a journal holds. It is only read, also while a capture writes it.
package struct JournalledTrades: Sendable {
    package struct Key: Hashable, Sendable {
        package var symbol: Symbol
        package var id: Int64

        package init(symbol: Symbol, id: Int64) {
            self.symbol = symbol
            self.id = id
        }
    }

    package private(set) var keys: Set<Key> = []
    /// What cannot be read: what it held is not expected.
    package private(set) var damages: [DamagePlace] = []

    /// Frames up to `last` count: those behind are on their way into the database, when a capture runs.
    package init(_ inspector: JournalInspector, through last: UInt64 = .max) throws {
        var decoder = MessageDecoder()
        try inspector.read(FrameSelection()) { item in
            switch item {
            case .frames(let batch):
                batch.forEach { frame in
                    if frame.head.sequence <= last { take(frame, &decoder) }
                }
            case .damage(let place): damages.append(place)
            // Being written, or torn by a crash: the next start says so and cuts it.
            case .unfinished: break
            }
            return true
        }
    }

    private mutating func take(_ frame: JournalFrame, _ decoder: inout MessageDecoder) {
        guard frame.head.kind == .webSocket else { return }
        var cursor = FrameCursor(receivedAt: .epoch)
        // What cannot be decoded is in quarantine, and no trade.
        while let kind = try? decoder.next(in: frame.payload, &cursor) {
            guard kind == .trade else { continue }
            keys.insert(Key(symbol: decoder.trade.trade.symbol, id: decoder.trade.trade.sequentialID))
        }
    }
}
