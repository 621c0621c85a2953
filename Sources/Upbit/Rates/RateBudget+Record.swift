import Market

/// The shared record: little-endian 64-bit words, a head that names the layout, then the state.
extension RateBudget {
    private static let magic: UInt64 = 0x5945_4F55_4C52_4234
    private static let headWords = 3
    private static let groupWords = 3 + RatePriority.allCases.count
    private static let stateWords = 7

    /// The largest record of any table that is within its bounds; drivers may reserve this.
    package static let recordBytesMax =
        8
        * (headWords + stateWords + RateGroup.allCases.count
            * (groupWords + RateTable.rulesMax * RateRule.callsMaxMax))

    /// How many bytes this budget's record has: always the same for the same table.
    package var recordByteCount: Int {
        8 * (Self.headWords + Self.stateWords + groups.count * Self.groupWords + entries.count)
    }

    /// Writes the record; `bytes` must hold `recordByteCount`.
    package func write(to bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= recordByteCount, "the record needs \(recordByteCount) bytes")
        var at = 0
        func put(_ word: Int64) {
            bytes.storeBytes(of: word.littleEndian, toByteOffset: at, as: Int64.self)
            at += 8
        }
        put(Int64(bitPattern: Self.magic))
        put(Int64(bitPattern: table.fingerprint))
        put(Int64(entries.count))
        for stop in [everyone.until, everyone.lastAt, everyone.strikes] { put(stop) }
        put(roundTrip.since)
        put(roundTrip.shortest)
        put(roundTrip.shortestBefore)
        put(roundTrip.answers)
        for group in groups {
            for word in [group.stop.until, group.stop.lastAt, group.stop.strikes] { put(word) }
            for word in group.waiting { put(word) }
        }
        for entry in entries { put(entry) }
    }

    /// Reads a record. Nil when it is none, or one of another table or version: start afresh then.
    package init?(record bytes: UnsafeRawBufferPointer, table: RateTable) {
        self.init(table: table)
        guard bytes.count >= recordByteCount else { return nil }
        var at = 0
        func take() -> Int64 {
            defer { at += 8 }
            return Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int64.self))
        }
        guard take() == Int64(bitPattern: Self.magic), take() == Int64(bitPattern: table.fingerprint),
            take() == Int64(entries.count)
        else { return nil }
        everyone = Self.takeStop(take)
        roundTrip = RoundTripState(
            since: take(), shortest: max(take(), 0), shortestBefore: max(take(), 0),
            answers: min(max(take(), 0), Self.roundTripAnswersMin))
        for index in groups.indices {
            groups[index].stop = Self.takeStop(take)
            for priority in groups[index].waiting.indices { groups[index].waiting[priority] = take() }
        }
        for index in entries.indices { entries[index] = take() }
    }

    private static func takeStop(_ take: () -> Int64) -> StopState {
        StopState(until: take(), lastAt: take(), strikes: min(max(take(), 0), 16))
    }
}
