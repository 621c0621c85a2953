import Journal
import Operations

/// The journal of a running capture as metrics. Pure.
enum JournalMetrics {
    static func families(_ sample: CaptureSample) -> [MetricFamily] {
        let journal = sample.journal
        return [
            MetricFamily(
                CaptureMetrics.backlog, .gauge, "Frames that are received and not committed.",
                Double(sample.backlogFrames)),
            MetricFamily(
                CaptureMetrics.uncommitted, .gauge,
                "Bytes of the segments that are not wholly committed, the one being written included.",
                Double(journal.uncommittedBytes)),
            MetricFamily(
                "yeoul_journal_unsynced_bytes", .gauge, "Bytes in memory that are not on disk yet.",
                Double(journal.unsyncedBytes)),
            MetricFamily(
                CaptureMetrics.journalBytes, .gauge, "Bytes of all segments.", Double(journal.bytes)),
            MetricFamily(
                "yeoul_journal_segments", .gauge, "Segments that are kept.", Double(journal.segments)),
            MetricFamily(
                "yeoul_journal_full", .gauge, "1 while the journal takes nothing.",
                journal.state == .full ? 1 : 0),
            MetricFamily(
                "yeoul_journal_troubles", .gauge, "Bounds that are near, and failures of the disk.",
                Double(journal.troubles.count)),
            MetricFamily(
                "yeoul_journal_frames_refused_total", .counter, "Frames that the journal had no room for.",
                Double(journal.framesRefused)),
            MetricFamily(
                "yeoul_journal_syncs_total", .counter, "Times the journal was synced.",
                Double(journal.written.syncs)),
            MetricFamily(
                "yeoul_journal_failures_total", .counter, "Writes and syncs that failed.",
                Double(journal.written.failures)),
            MetricFamily(
                "yeoul_journal_frame_bytes_total", .counter, "Bytes of frames that were written.",
                Double(journal.written.rawBytes)),
            MetricFamily(
                "yeoul_journal_stored_bytes_total", .counter, "What these take on disk.",
                Double(journal.written.storedBytes)),
        ]
    }
}
