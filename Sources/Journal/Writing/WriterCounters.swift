/// What the writer has done since the journal was opened.
package struct WriterCounters: Sendable, Equatable {
    package var blocks = 0
    package var frames: UInt64 = 0
    /// Bytes of frames, and what they take on disk.
    package var rawBytes = 0
    package var storedBytes = 0
    package var syncs = 0
    package var failures = 0
    package var segmentsDropped = 0
}
