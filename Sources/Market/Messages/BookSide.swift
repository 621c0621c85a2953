/// One side of an order book, best price first, stored inline: filling it never allocates.
@frozen
package struct BookSide: Sendable, Equatable, CustomStringConvertible {
    /// The exchange sends no more.
    package static let levelsMax = 30

    @usableFromInline var countHeld = 0
    @usableFromInline var levels = InlineArray<30, BookLevel>(
        repeating: BookLevel(price: .zero, volume: .zero))

    package init() {}

    @inlinable
    package var count: Int { countHeld }

    /// Levels beyond `levelsMax` are left out.
    package init(_ levels: some Sequence<BookLevel>) {
        for level in levels { append(level) }
    }

    package var isEmpty: Bool { count == 0 }

    /// The best level.
    package var best: BookLevel? { count > 0 ? levels[0] : nil }

    package subscript(index: Int) -> BookLevel {
        precondition(index < count, "a level beyond the side's \(count)")
        return levels[index]
    }

    /// False, and nothing changes, when the side is full.
    @discardableResult
    @inlinable
    @inline(__always)
    package mutating func append(_ level: BookLevel) -> Bool {
        guard countHeld < 30 else { return false }
        levels[countHeld] = level
        countHeld &+= 1
        return true
    }

    @inlinable
    package mutating func removeAll() { countHeld = 0 }

    /// Keeps the best `depth` levels.
    package mutating func truncate(to depth: Int) { countHeld = min(count, max(0, depth)) }

    /// The levels as an array: allocates.
    package var array: [BookLevel] { (0..<count).map { levels[$0] } }

    package static func == (left: BookSide, right: BookSide) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left.levels[index] != right.levels[index] { return false }
        return true
    }

    package var description: String {
        array.map { "\($0.volume) at \($0.price)" }.joined(separator: ", ")
    }
}
