/// Until when the writer has nothing to do.
package struct WriterRest: Sendable, Equatable {
    package var untilMonotonicNanoseconds: Int64
    /// Or until so many bytes have come that it has not written; nil: whatever comes.
    var bytes: Int?
}
