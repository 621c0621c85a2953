/// What a listener hears.
package enum NotificationEvent: Sendable, Equatable {
    /// From here on everything is heard; what was said before may have been missed, so read the tables now.
    /// Comes first, and again after each loss of the connection, with its reason.
    case listening(after: DatabaseError?)
    case heard(DatabaseNotification)
    /// The reader was slower than the speakers: so many of the oldest were dropped. Read the tables.
    case dropped(Int)
}
