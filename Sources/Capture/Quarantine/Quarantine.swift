import Diagnostics
import Network

/// Puts messages and rows aside: counts all, writes a sample, alarms once a minute and reason.
///
/// For the commit thread. That the file cannot be written never stops the capture; it is an alarm.
package final class Quarantine {
    private let file: QuarantineFile
    private let logger: Logger
    private var sampling = QuarantineSampling()
    private var alarmedMinutes: [QuarantineReason: Int64] = [:]
    package private(set) var counts: [QuarantineReason: Int] = [:]

    package init(folder: String, logger: Logger) {
        file = QuarantineFile(folder: folder)
        self.logger = logger
    }

    package var total: Int { counts.values.reduce(0, +) }

    /// `uncounted` are those of which only the number is known.
    package func put(_ entries: [QuarantineEntry], uncounted: [QuarantineReason: Int] = [:]) {
        guard !entries.isEmpty || !uncounted.isEmpty else { return }
        let seconds = Monotonic.nanoseconds() / 1_000_000_000
        var written: [QuarantineEntry] = []
        for entry in entries {
            counts[entry.reason, default: 0] += 1
            if sampling.takes(entry.reason, seconds: seconds) { written.append(entry) }
        }
        for (reason, count) in uncounted { counts[reason, default: 0] += count }
        do throws(CaptureError) {
            try file.append(written)
        } catch {
            logger.error(error)
        }
        for entry in written where alarmedMinutes[entry.reason] != seconds / 60 {
            alarmedMinutes[entry.reason] = seconds / 60
            logger.error(
                "a message or row was put into quarantine: \(entry.explanation)",
                [
                    "reason": entry.reason.rawValue, "so far": "\(counts[entry.reason] ?? 0)",
                    "where": file.path,
                ])
        }
    }
}
