/// Which frames somebody wants to see: by the wall clock at their receipt, and by number.
package struct FrameSelection: Sendable, Equatable {
    /// Microseconds since 1970; `to` is the first moment that is not wanted any more.
    package var from = Int64.min
    package var to = Int64.max
    package var after: UInt64 = 0
    package var kind: FrameKind?

    package init() {}

    package func contains(_ head: FrameHead) -> Bool {
        head.sequence > after && head.time.unixMicroseconds >= from && head.time.unixMicroseconds < to
            && (kind == nil || kind == head.kind)
    }

    func mayHold(_ segment: SegmentListing) -> Bool {
        segment.lastSequence > after && segment.latestUnixMicroseconds >= from
            && segment.earliestUnixMicroseconds < to
    }

    func mayHold(_ block: BlockHeader) -> Bool {
        block.lastSequence > after && block.latest >= from && block.earliest < to
    }
}
