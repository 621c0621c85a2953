import Foundation

/// A ledger that was read: the oracle of what an exchange printed.
package struct Ledger: Sendable {
    /// A file of more than this is not read as a whole.
    package static let fileBytesMax = 4 << 30

    package let entries: [LedgerEntry]
    /// Bytes at the end that are no whole block: the exchange was killed while it wrote them.
    package let tornBytes: Int

    package init(path: String) throws(ExchangeError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw ExchangeError(
                .fileSystem, "the ledger cannot be read", at: path,
                remedy: "Name a file that `yeoul exchange --ledger` wrote.")
        }
        guard data.count <= Self.fileBytesMax else {
            throw ExchangeError(
                .badLedger, "the ledger has \(data.count) bytes, more than are read at once", at: path,
                remedy: "Run the exchange with a shorter --duration.")
        }
        try self.init(bytes: [UInt8](data), path: path)
    }

    /// A block that is cut off at the end of the file is a torn tail; one that is wrong before the end
    /// is damage.
    package init(bytes: [UInt8], path: String) throws(ExchangeError) {
        let signature = LedgerCoding.signature
        // Killed before the first flush was whole.
        if bytes.count < signature.count, signature.starts(with: bytes) {
            entries = []
            tornBytes = bytes.count
            return
        }
        guard bytes.starts(with: signature) else {
            throw ExchangeError(
                .badLedger, "this file is not a ledger", at: path,
                remedy: "Name a file that `yeoul exchange --ledger` wrote.")
        }
        var entries: [LedgerEntry] = []
        var at = signature.count
        while at < bytes.count {
            guard let end = try Self.blockEnd(bytes, at, path) else { break }
            let payload = bytes[(at + LedgerCoding.blockHeaderBytes)..<end]
            guard let found = LedgerBlock.entries(in: payload) else { throw Self.damage(at, path) }
            entries.append(contentsOf: found)
            at = end
        }
        self.entries = entries
        tornBytes = bytes.count - at
    }

    /// The executions, in milliseconds since 1970, of which the ledger has all that anybody can know; nil when
    /// it is too short for any.
    ///
    /// It begins with the first trade that is published behind the exchange's start. What was executed just
    /// before may have been published before, too: REST and first states show such trades, as those of all the
    /// time before the start. And at its end there are executions that are not published yet.
    package var completeMilliseconds: ClosedRange<Int64>? {
        guard let first = entries.lazy.map(\.publishedMilliseconds).min(),
            let last = entries.lazy.map(\.publishedMilliseconds).max(),
            last - MarketModel.delayMillisecondsMax > first
        else { return nil }
        return first...(last - MarketModel.delayMillisecondsMax)
    }

    /// Where the block ends; nil when it is the torn tail.
    private static func blockEnd(_ bytes: [UInt8], _ at: Int, _ path: String) throws(ExchangeError) -> Int? {
        let body = at + LedgerCoding.blockHeaderBytes
        guard body <= bytes.count else { return nil }
        let length = Int(word(bytes, at))
        guard length <= LedgerCoding.payloadBytesMax else { throw damage(at, path) }
        let end = body + length
        guard end <= bytes.count else { return nil }
        guard Checksum.of(bytes[body..<end]) == word(bytes, at + 4) else {
            // The last block may have got its length and not all of its bytes.
            if end == bytes.count { return nil }
            throw damage(at, path)
        }
        return end
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }

    private static func damage(_ at: Int, _ path: String) -> ExchangeError {
        ExchangeError(
            .badLedger, "the ledger is damaged at byte \(at)", at: path,
            remedy: "What stands before it is good; copy the file again from where it was written.")
    }
}
