import CSimdjson
import Market
import Upbit

/// Whether both decoders read the same from a message, in the fields that tell them apart.
enum Agreement {
    static func isSame(_ message: CSMessage, _ decoder: borrowing MessageDecoder, _ kind: CSKind) -> Bool {
        var message = message
        let decimals = withUnsafeBytes(of: &message.decimal) { $0.bindMemory(to: CSInt128.self).map(wide) }
        let integers = withUnsafeBytes(of: &message.integer) { Array($0.bindMemory(to: Int64.self)) }
        switch kind {
        case CS_TRADE:
            let trade = decoder.trade
            return trade.trade.price.unscaled == decimals[6] && trade.trade.volume.unscaled == decimals[7]
                && trade.changePrice?.unscaled == decimals[11]
                && trade.bestBidVolume?.unscaled == decimals[16]
                && trade.trade.sequentialID == integers[12] && trade.trade.time.milliseconds == integers[5]
        case CS_TICKER:
            let ticker = decoder.ticker
            return ticker.tradePrice.unscaled == decimals[5] && ticker.accValue24h.unscaled == decimals[30]
                && ticker.signedChangePrice.unscaled == decimals[10] && ticker.changeRate == message.rate.11
                && ticker.time.milliseconds == integers[29]
        default:
            let book = decoder.orderBook
            let asks = withUnsafeBytes(of: &message.ask) { Array($0.bindMemory(to: CSLevel.self)) }
            let bids = withUnsafeBytes(of: &message.bid) { Array($0.bindMemory(to: CSLevel.self)) }
            guard book.asks.count == Int(message.asks), book.bids.count == Int(message.bids) else {
                return false
            }
            for index in 0..<book.asks.count {
                guard book.asks[index].price.unscaled == wide(asks[index].price),
                    book.bids[index].volume.unscaled == wide(bids[index].volume)
                else { return false }
            }
            return true
        }
    }

    static func wide(_ value: CSInt128) -> Int128 { Int128(value.high) << 64 | Int128(value.low) }
}
