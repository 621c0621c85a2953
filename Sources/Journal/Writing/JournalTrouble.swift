/// Why a journal is not in its normal state.
package enum JournalTrouble: Sendable, Equatable {
    /// Much of `journal.size_max` waits for the database.
    case backlog(bytes: Int, sizeMax: Int)
    /// Little more than `journal.free_reserve` is left on the disk.
    case freeDisk(bytes: Int, reserve: Int)
    /// A write or sync failed, and is tried again.
    case disk(DiskFailure)

    package var text: String {
        switch self {
        case .backlog(let bytes, let sizeMax):
            "\(bytes) of \(sizeMax) bytes of the journal wait for the database"
        case .freeDisk(let bytes, let reserve):
            "\(bytes) bytes are free on the journal's disk, and \(reserve) are left to others"
        case .disk(let failure): failure.text
        }
    }
}
