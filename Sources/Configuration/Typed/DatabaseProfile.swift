/// How much memory the private server takes.
package enum DatabaseProfile: String, Sendable, CaseIterable {
    case `default`
    case small
}
