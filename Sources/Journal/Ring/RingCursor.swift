/// Where a reader of the ring stands: before the frame `sequence`.
package struct RingCursor: Sendable, Equatable {
    /// Counts all bytes that ever went through the ring.
    var offset: Int
    package internal(set) var sequence: UInt64
}
