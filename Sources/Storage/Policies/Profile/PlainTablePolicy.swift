/// What is to become of a plain table's rows.
package enum PlainTablePolicy: Hashable, Sendable {
    /// Every row stays: its table holds the present, or a history that is worth keeping.
    case keep
    case prune(PruneRule)
}
