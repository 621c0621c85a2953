/// What lies in the ring behind a cursor.
package struct RingStatus: Sendable, Equatable {
    package var bytes: Int
    package var frames: UInt64
    /// When the first of those frames was received; nil when there is none.
    package var oldestMonotonicNanoseconds: Int64?
}
