/// How long the private server may take, in milliseconds.
package struct ClusterDeadlines: Sendable, Equatable {
    /// Until a started server answers. Recovery after a crash is a part of it.
    package var startMilliseconds = 120_000
    /// For `initdb` and the first statements, each.
    package var createMilliseconds = 120_000
    /// Until a fast stop (checkpoint, connections ended) gives way to an immediate one.
    package var fastStopMilliseconds = 60_000
    /// Until an immediate stop counts as failed.
    package var immediateStopMilliseconds = 10_000
    /// For processes that a killed server left behind: they notice by themselves.
    package var orphansMilliseconds = 10_000
    /// For another process of ours that is just starting or stopping the server.
    package var guardMilliseconds = 180_000

    package init() {}
}
