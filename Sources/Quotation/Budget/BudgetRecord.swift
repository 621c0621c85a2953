import Upbit

/// The bytes of a budget in a file: two places, written in turn, each with a generation and a checksum.
/// A holder that dies while it writes leaves the other place whole. Pure.
package struct BudgetRecord {
    private static let headBytes = 16

    package let table: RateTable
    private let recordBytes: Int

    package init(table: RateTable) {
        self.table = table
        recordBytes = RateBudget(table: table).recordByteCount
    }

    package var placeBytes: Int { Self.headBytes + recordBytes }
    package var fileBytes: Int { 2 * placeBytes }

    /// The newest whole budget, and the generation that stands with it. A fresh one when there is none: a
    /// new file, one of another version, or one that is damaged.
    package func read(_ bytes: [UInt8]) -> (budget: RateBudget, generation: UInt64) {
        var newest = (budget: RateBudget(table: table), generation: UInt64(0))
        for place in 0..<2 where bytes.count >= (place + 1) * placeBytes {
            let part = bytes[(place * placeBytes)..<((place + 1) * placeBytes)]
            part.withUnsafeBytes { raw in
                let generation = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
                let sum = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                let record = UnsafeRawBufferPointer(rebasing: raw[Self.headBytes...])
                guard generation > newest.generation, sum == Self.checksum(record, generation),
                    let budget = RateBudget(record: record, table: table)
                else { return }
                newest = (budget, generation)
            }
        }
        return newest
    }

    /// The bytes of a generation, and where in the file they belong.
    package func written(_ budget: RateBudget, generation: UInt64) -> (offset: Int, bytes: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: placeBytes)
        bytes.withUnsafeMutableBytes { raw in
            let record = UnsafeMutableRawBufferPointer(rebasing: raw[Self.headBytes...])
            budget.write(to: record)
            raw.storeBytes(of: generation.littleEndian, as: UInt64.self)
            let sum = Self.checksum(UnsafeRawBufferPointer(record), generation)
            raw.storeBytes(of: sum.littleEndian, toByteOffset: 8, as: UInt64.self)
        }
        return (Int(generation % 2) * placeBytes, bytes)
    }

    /// FNV-1a over words: it has to find torn writes, not forgers.
    private static func checksum(_ record: UnsafeRawBufferPointer, _ generation: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ generation
        for offset in stride(from: 0, to: record.count - 7, by: 8) {
            let word = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            hash = (hash ^ word) &* 0x0000_0100_0000_01B3
        }
        return hash
    }
}
