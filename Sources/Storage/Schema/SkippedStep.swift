/// What a migration could not do with the rights that it had.
package struct SkippedStep: Sendable, Equatable {
    package var step: String
    package var reason: String
    package var remedy: String
}
