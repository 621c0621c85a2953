import Journal
import Market
import Upbit

/// The trades that a journal holds.
package enum JournalledTrades {
    package struct Key: Hashable, Sendable {
        package var symbol: Symbol
        package var id: Int64

        package init(symbol: Symbol, id: Int64) {
            self.symbol = symbol
            self.id = id
        }
    }

    private static let readBytesMax = 1 << 20

    /// Opens the journal, so no capture may be running on it.
    package static func ids(in folder: String) throws -> Set<Key> {
        let journal = try Journal.open(folder: folder, committedPosition: nil)
        defer { journal.close() }
        let feed = try journal.feed(after: 0)
        var decoder = MessageDecoder()
        var found: Set<Key> = []
        while true {
            switch try feed.next(bytesMax: readBytesMax, waitMilliseconds: 0) {
            case .nothing, .ended: return found
            case .hole: continue
            case .frames(let batch):
                batch.forEach { frame in take(frame, &decoder, &found) }
            }
        }
        return found
    }

    private static func take(_ frame: JournalFrame, _ decoder: inout MessageDecoder, _ found: inout Set<Key>)
    {
        guard frame.head.kind == .webSocket else { return }
        var cursor = FrameCursor(receivedAt: .epoch)
        // What cannot be decoded is in quarantine, and no trade.
        while let kind = try? decoder.next(in: frame.payload, &cursor) {
            guard kind == .trade else { continue }
            found.insert(Key(symbol: decoder.trade.trade.symbol, id: decoder.trade.trade.sequentialID))
        }
    }
}
