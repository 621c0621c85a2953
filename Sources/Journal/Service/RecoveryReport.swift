/// What opening a journal found, and what it did about it.
package struct RecoveryReport: Sendable, Equatable {
    package var journal: JournalID
    /// There was no journal in the folder.
    package var isNew = false
    package var segments = 0
    package var bytes = 0
    /// The last frame that was found, and the number that the next one gets.
    package var lastSequence: UInt64 = 0
    package var nextSequence: UInt64 = 1
    /// Torn ends that were cut off: what the last crash interrupted before it was synced.
    package var cuts: [DamagePlace] = []
    /// Bytes in the middle that are not what was written. They stay; readers skip them.
    package var damages: [DamagePlace] = []
    /// Segments that could not be sealed now, and why. They are read all the same.
    package var unsealed: [String] = []

    package init(journal: JournalID) {
        self.journal = journal
    }

    /// For the log, one line each.
    package var lines: [String] {
        var lines = [
            isNew
                ? "a new journal \(journal.text) begins with frame \(nextSequence)"
                : "journal \(journal.text): \(segments) segments, \(bytes) bytes, "
                    + "last frame \(lastSequence), goes on with \(nextSequence)"
        ]
        lines += cuts.map { "cut a torn end of \($0.to - $0.from) bytes: \($0.text)" }
        lines += damages.map { "damaged and skipped: \($0.text)" }
        lines += unsealed.map { "not sealed: \($0)" }
        return lines
    }
}
