/// How a journal stands, for status, metrics and alarms.
package struct JournalFigures: Sendable, Equatable {
    package var state = JournalState.normal
    package var troubles: [JournalTrouble] = []
    package var segments = 0
    /// Bytes of all segments, and of those that the database does not have wholly.
    package var bytes = 0
    package var uncommittedBytes = 0
    /// Bytes in memory that are not on disk yet.
    package var unsyncedBytes = 0
    /// The oldest frame that is kept, the last one taken, the last one that is on disk for sure, and the last
    /// one that the database has.
    package var oldestSequence: UInt64 = 0
    package var lastSequence: UInt64 = 0
    package var syncedThrough: UInt64 = 0
    package var committedThrough: UInt64 = 0
    package var lastSyncMonotonicNanoseconds: Int64?
    package var framesRefused: UInt64 = 0
    /// From the receipt of a frame until it is on disk.
    package var syncWaits = SyncWaits()
    package var written = WriterCounters()
}
