/// Whom a client trusts.
package enum Trust: Sendable, Equatable {
    /// The authorities that the system trusts.
    case system
    /// Those in this PEM file, and no others.
    case authorities(file: String)
}
