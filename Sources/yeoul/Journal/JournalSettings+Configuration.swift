import Configuration
import Journal

extension JournalSettings {
    /// What the user wants, on top of what nobody sets.
    init(_ journal: Configuration.Journal) {
        self.init()
        keepMilliseconds = journal.keepMilliseconds
        sizeMax = journal.sizeMax
        freeReserveBytes = journal.freeReserveBytes
        syncMilliseconds = journal.syncMilliseconds
        syncBytes = journal.syncBytes
    }
}
