/// Which segments go, and how the journal stands afterwards.
struct RetentionPlan: Sendable, Equatable {
    var drop: [String] = []
    var isFull = false
    var troubles: [JournalTrouble] = []
    /// Bytes of segments that the database does not have wholly.
    var uncommittedBytes = 0
    /// Bytes of all segments that stay.
    var bytes = 0
}
