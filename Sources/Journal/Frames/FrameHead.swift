/// What is known of a frame besides its bytes.
package struct FrameHead: Sendable, Equatable {
    package var sequence: UInt64
    /// When it was received, on both clocks.
    package var time: JournalTime
    package var connection: UInt32
    package var kind: FrameKind

    package init(sequence: UInt64, time: JournalTime, connection: UInt32, kind: FrameKind) {
        self.sequence = sequence
        self.time = time
        self.connection = connection
        self.kind = kind
    }
}
