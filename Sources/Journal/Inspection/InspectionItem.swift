/// What somebody who reads a journal from outside meets.
package enum InspectionItem: Sendable {
    case frames(FrameBatch)
    /// Bytes that are not what was written; readers go on behind them.
    case damage(DamagePlace)
    /// The newest segment's end, which is being written just now, or was torn by a crash.
    case unfinished(DamagePlace)
}
