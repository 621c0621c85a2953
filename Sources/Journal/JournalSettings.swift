/// How a journal is kept. The sizes that no user sets have bounds here; tests make them small.
package struct JournalSettings: Sendable, Equatable {
    /// A frame waits so long for its group to be synced.
    package var syncMilliseconds: Int = 20
    /// So many bytes of frames are synced at once, however young.
    package var syncBytes: Int = 1 << 20
    /// Committed segments are kept so long.
    package var keepMilliseconds: Int = 24 * 3_600_000
    /// Bytes of all segments together. Committed ones go first; uncommitted ones make the journal full.
    package var sizeMax: Int = 20 << 30
    /// So much of the disk is left to others.
    package var freeReserveBytes: Int = 1 << 30
    /// The memory in front of the disk.
    package var ringBytes: Int = 16 << 20
    /// Frames are packed together until they have so many bytes.
    package var blockBytes: Int = 256 << 10
    /// A segment is sealed at this size …
    package var segmentBytes: Int = 64 << 20
    /// … or this age.
    package var segmentMilliseconds: Int = 3_600_000
    /// How long after a failed write or sync it is tried again.
    package var retryMilliseconds: Int = 1_000
    /// How often the disk's free space is asked for and old segments are looked at.
    package var upkeepMilliseconds: Int = 1_000

    /// The alarm sounds at this share of a bound, and a full journal takes frames again below it.
    package static let alarmPercent = 70
    /// The longest payload of a frame.
    package static let payloadBytesMax = 4 << 20
    package static let labelBytesMax = 4_096
    package static let ringBytesRange = (64 << 10)...(1 << 30)

    package init() {}

    /// Segments of a small journal are small, so that it can let go of its oldest part.
    package static let segmentsWanted = 16
    package static let segmentBytesMin = 4_096

    package var segmentBytesEffective: Int {
        max(Self.segmentBytesMin, min(segmentBytes, sizeMax / Self.segmentsWanted))
    }

    package func checked() throws(JournalError) -> JournalSettings {
        guard Self.ringBytesRange.contains(ringBytes) else {
            throw JournalError(
                .settings, "the ring cannot have \(ringBytes) bytes",
                remedy: "Choose from 64 KiB to 1 GiB.")
        }
        guard syncMilliseconds >= 1, syncBytes >= 1, sizeMax >= 1 << 16, blockBytes >= 1_024,
            blockBytes <= 4 << 20, keepMilliseconds >= 0, freeReserveBytes >= 0, retryMilliseconds >= 1,
            upkeepMilliseconds >= 1, segmentBytes >= Self.segmentBytesMin, segmentMilliseconds >= 1
        else {
            throw JournalError(
                .settings, "a setting of the journal is out of its bounds",
                remedy: "Take the defaults of the settings `journal.…`.")
        }
        return self
    }
}
