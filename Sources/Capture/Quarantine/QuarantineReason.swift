/// Why a message or a row is not in the database.
package enum QuarantineReason: String, Sendable, CaseIterable {
    /// The bytes are not what the exchange says.
    case undecodable
    /// A figure does not fit, or a sum of it.
    case overflow
    /// What it says cannot be: another market than was asked for, more markets than exist.
    case impossible
    /// Its time is five minutes ahead or before the table's horizon.
    case wrongTime
    /// The database refused the row for a reason of its own.
    case refused
}
