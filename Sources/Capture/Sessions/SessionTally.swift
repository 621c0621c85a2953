/// What a connection has come to since the start, for metrics.
package struct SessionTally: Sendable, Equatable {
    package var messages: Int64 = 0
    package var bytes: Int64 = 0
    /// Times it became live.
    package var opened: Int64 = 0
    package var ends: [SessionEnd: Int64] = [:]

    package init() {}
}
