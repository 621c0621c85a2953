/// What is kept for how long.
package enum RetentionProfile: String, Sendable, CaseIterable {
    case `default`
    case year
    case small
    case forever
}
