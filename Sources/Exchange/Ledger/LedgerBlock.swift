import Market

/// A block that is being filled.
struct LedgerBlock {
    private var payload: [UInt8] = []
    private var numbers: [Symbol: Int] = [:]
    private var bases: [LedgerCoding.Base] = []

    var isEmpty: Bool { payload.isEmpty }
    var isFull: Bool { payload.count + LedgerCoding.entryBytesMax > LedgerCoding.payloadBytesMax }

    mutating func append(_ entry: LedgerEntry) {
        let number = number(of: entry.symbol)
        let trade = entry.trade
        let base = bases[number]
        payload.append(entry.fate.rawValue | (trade.isBuy ? LedgerCoding.buyBit : 0))
        LedgerCoding.append(UInt64(number), to: &payload)
        LedgerCoding.append(signed: trade.milliseconds - base.milliseconds, to: &payload)
        LedgerCoding.append(UInt64(trade.number), to: &payload)
        LedgerCoding.append(signed: entry.publishedMilliseconds - trade.milliseconds, to: &payload)
        LedgerCoding.append(signed: trade.price &- base.price, to: &payload)
        LedgerCoding.append(UInt64(truncatingIfNeeded: trade.volume), to: &payload)
        LedgerCoding.append(UInt64(truncatingIfNeeded: trade.volume >> 64), to: &payload)
        bases[number] = LedgerCoding.Base(milliseconds: trade.milliseconds, price: trade.price)
    }

    /// The finished block as it stands in the file; this one is empty then.
    mutating func close() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + LedgerCoding.blockHeaderBytes)
        for word in [UInt32(payload.count), Checksum.of(payload)] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(contentsOf: payload)
        payload.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        bases.removeAll(keepingCapacity: true)
        return bytes
    }

    private mutating func number(of symbol: Symbol) -> Int {
        if let number = numbers[symbol] { return number }
        let number = bases.count
        numbers[symbol] = number
        bases.append(LedgerCoding.Base())
        payload.append(LedgerCoding.marketMark)
        payload.append(UInt8(symbol.count))
        symbol.withBytes { payload.append(contentsOf: $0) }
        return number
    }

    /// The entries of a payload whose checksum is right; nil when it is none of ours.
    static func entries(in payload: ArraySlice<UInt8>) -> [LedgerEntry]? {
        var reader = LedgerCoding.Reader(payload)
        var markets: [(symbol: Symbol, base: LedgerCoding.Base)] = []
        var entries: [LedgerEntry] = []
        while let head = reader.byte() {
            if head == LedgerCoding.marketMark {
                guard let symbol = symbol(&reader) else { return nil }
                markets.append((symbol, LedgerCoding.Base()))
                continue
            }
            guard let fate = LedgerEntry.Fate(rawValue: head & ~LedgerCoding.buyBit),
                let market = reader.number(), market < markets.count,
                let time = reader.signed(), let count = reader.number(), count < UInt64(Int32.max),
                let delay = reader.signed(), let step = reader.signed(),
                let low = reader.number(), let high = reader.number()
            else { return nil }
            var base = markets[Int(market)].base
            base.milliseconds &+= time
            base.price &+= step
            markets[Int(market)].base = base
            let volume = Int128(truncatingIfNeeded: UInt128(high) << 64 | UInt128(low))
            let trade = ModelTrade(
                milliseconds: base.milliseconds, number: Int32(count), price: base.price, volume: volume,
                isBuy: head & LedgerCoding.buyBit != 0)
            entries.append(
                LedgerEntry(
                    symbol: markets[Int(market)].symbol, trade: trade,
                    publishedMilliseconds: base.milliseconds &+ delay, fate: fate))
        }
        return entries
    }

    private static func symbol(_ reader: inout LedgerCoding.Reader) -> Symbol? {
        guard let count = reader.byte() else { return nil }
        var bytes: [UInt8] = []
        for _ in 0..<count {
            guard let byte = reader.byte() else { return nil }
            bytes.append(byte)
        }
        return bytes.withUnsafeBytes { Symbol(bytes: $0) }
    }
}
