/// Trades that were seen lately, by market and id: which copy of a trade is the first.
///
/// Two generations: when the younger is full it becomes the older, and the older is forgotten. So between
/// `window` and twice as many trades are remembered. A copy that comes later still is found by the
/// database's key.
package struct DuplicateFilter: Sendable {
    /// Trades of a generation: a minute of a very busy exchange, 4 MiB.
    package static let windowStandard = 131_072

    private struct Entry {
        var id: Int64
        /// −1 is an empty place.
        var market: Int32
    }

    package let window: Int
    private let mask: Int
    private var younger: ContiguousArray<Entry>
    private var older: ContiguousArray<Entry>
    private var count = 0
    private var olderCount = 0

    /// `window` is rounded up to a power of two.
    package init(window: Int = windowStandard) {
        var size = 16
        while size < window { size *= 2 }
        self.window = size
        // Half full at most, so that a search is short.
        mask = size * 2 - 1
        younger = Self.empty(size * 2)
        older = Self.empty(size * 2)
    }

    /// How many trades are remembered.
    package var rememberedCount: Int { count + olderCount }

    /// True when it was not seen before.
    package mutating func insert(market: Int32, id: Int64) -> Bool {
        let start = place(market, id)
        if olderCount > 0, Self.find(older, start, mask, market, id) == nil { return false }
        guard let free = Self.find(younger, start, mask, market, id) else { return false }
        younger[free] = Entry(id: id, market: market)
        count += 1
        if count == window { turn() }
        return true
    }

    package mutating func removeAll() {
        younger = Self.empty(mask + 1)
        older = Self.empty(mask + 1)
        count = 0
        olderCount = 0
    }

    private mutating func turn() {
        swap(&younger, &older)
        olderCount = count
        count = 0
        for index in younger.indices { younger[index].market = -1 }
    }

    @inline(__always)
    private func place(_ market: Int32, _ id: Int64) -> Int {
        let mixed = (UInt64(bitPattern: id) &+ UInt64(UInt32(bitPattern: market)) &<< 40)
        return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) &>> 32) & mask
    }

    /// The free place where it belongs; nil when it is there.
    @inline(__always)
    private static func find(
        _ table: ContiguousArray<Entry>, _ start: Int, _ mask: Int, _ market: Int32, _ id: Int64
    ) -> Int? {
        table.withUnsafeBufferPointer { table in
            var at = start
            while table[at].market >= 0 {
                if table[at].id == id && table[at].market == market { return nil }
                at = (at &+ 1) & mask
            }
            return at
        }
    }

    private static func empty(_ count: Int) -> ContiguousArray<Entry> {
        ContiguousArray(repeating: Entry(id: 0, market: -1), count: count)
    }
}
