/// Where some blocks of a segment begin, and what they span.
struct IndexEntry: Sendable, Equatable {
    static let bytes = 32

    var offset: Int
    var firstSequence: UInt64
    var earliest: Int64
    var latest: Int64
}
